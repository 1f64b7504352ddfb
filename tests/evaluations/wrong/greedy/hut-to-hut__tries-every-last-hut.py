# expect: time_limit; family: slow
# It tries every hut for the last night of every hut.
def fewest_days(gaps, daily):
    days = [0] + [-1] * len(gaps)
    for goal in range(1, len(gaps) + 1):
        walked = 0
        for start in range(goal - 1, -1, -1):
            walked += gaps[start]
            if walked > daily:
                break
            if days[start] >= 0 and (days[goal] < 0 or days[start] + 1 < days[goal]):
                days[goal] = days[start] + 1
    return days[-1]

# expect: wrong_answer; family: off-by-one
# A day that is walked to its limit counts as too long.
def fewest_days(gaps: list[int], daily: int) -> int:
    days, today = 0, daily  # as if a day had just ended: the first gap begins day 1
    for gap in gaps:
        if gap > daily:
            return -1
        if today + gap >= daily:
            days += 1
            today = 0
        today += gap
    return days

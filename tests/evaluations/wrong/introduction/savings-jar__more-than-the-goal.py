# expect: wrong_answer; family: off-by-one
# Reaching the goal exactly is not enough.
def days_to_save(goal: int) -> int:
    saved = day = 0
    while saved <= goal:
        day += 1
        if day % 7 != 0:
            saved += day
    return day

from collections import deque


def lock_passage(urgency: str, boat: int) -> list[int]:
    line = deque((int(flag), number) for number, flag in enumerate(urgency))
    waiting = [urgency.count(str(level)) for level in range(10)]
    highest, place, turns = 9, 0, 0
    while True:
        while waiting[highest] == 0:
            highest -= 1
        level, number = line.popleft()
        if level < highest:
            line.append((level, number))
            turns += number == boat
            continue
        place += 1
        waiting[level] -= 1
        if number == boat:
            return [place, turns]

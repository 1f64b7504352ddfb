from collections import deque


def count_calm_spells(temperatures: list[int], wobble: int) -> int:
    warmest: deque[int] = deque()
    coldest: deque[int] = deque()
    spells = start = 0
    for day, temperature in enumerate(temperatures):
        while warmest and temperatures[warmest[-1]] <= temperature:
            warmest.pop()
        warmest.append(day)
        while coldest and temperatures[coldest[-1]] >= temperature:
            coldest.pop()
        coldest.append(day)
        while temperatures[warmest[0]] - temperatures[coldest[0]] > wobble:
            start += 1
            if warmest[0] < start:
                warmest.popleft()
            if coldest[0] < start:
                coldest.popleft()
        spells += day - start + 1
    return spells

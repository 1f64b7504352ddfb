# expect: wrong_answer; family: off-by-one
# Positions are counted from 0.
def first_packing_mistake(log: str) -> int:
    open_cases: list[str] = []
    for position, mark in enumerate(log, start=0):
        if mark.isupper():
            open_cases.append(mark)
        elif not open_cases or open_cases.pop() != mark.upper():
            return position
    return len(log) + 1 if open_cases else 0

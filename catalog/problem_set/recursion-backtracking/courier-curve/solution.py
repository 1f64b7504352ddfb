Box = tuple[int, int, int, int]


def within_quarter(quarter: int, half: int, box: Box) -> Box | None:
    """The part of the box in that quarter, in the coordinates of the smaller route; None if there is none."""
    left, bottom = (half if quarter >= 2 else 0), (half if quarter in (1, 2) else 0)
    x1, x2 = max(box[0] - left, 0), min(box[2] - left, half - 1)
    y1, y2 = max(box[1] - bottom, 0), min(box[3] - bottom, half - 1)
    if x1 > x2 or y1 > y2:
        return None
    if quarter == 0:
        return y1, x1, y2, x2
    if quarter == 3:
        return half - 1 - y2, half - 1 - x2, half - 1 - y1, half - 1 - x1
    return x1, y1, x2, y2


def extreme(order: int, box: Box, quarters: list[int]) -> int:
    if order == 0:
        return 0
    half = 2 ** (order - 1)
    for quarter in quarters:
        part = within_quarter(quarter, half, box)
        if part is not None:
            return quarter * half * half + extreme(order - 1, part, quarters)
    raise ValueError("the box is empty")


def first_and_last(order: int, district: list[int]) -> list[int]:
    x1, y1, x2, y2 = district
    box = (x1, y1, x2, y2)
    return [extreme(order, box, [0, 1, 2, 3]), extreme(order, box, [3, 2, 1, 0])]

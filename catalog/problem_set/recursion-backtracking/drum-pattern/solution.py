EXCHANGED = {"D": "R", "R": "D", "-": "-"}


def beat_at(level: int, k: int) -> str:
    if level == 1:
        return "D"
    middle = 2 ** (level - 1)
    if k == middle:
        return "-"
    if k < middle:
        return beat_at(level - 1, k)
    return EXCHANGED[beat_at(level - 1, k - middle)]

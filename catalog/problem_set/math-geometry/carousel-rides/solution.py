def horse_after(size: int, start: int, factor: int, step: int, rides: int) -> int:
    horse = start
    while rides:
        if rides % 2:
            horse = (horse * factor + step) % size
        factor, step = factor * factor % size, (step * factor + step) % size
        rides //= 2
    return horse

def numbers_shown(start: int, factor: int, step: int, size: int) -> int:
    seen: set[int] = set()
    shown = start
    while shown not in seen:
        seen.add(shown)
        shown = (shown * factor + step) % size
    return len(seen)

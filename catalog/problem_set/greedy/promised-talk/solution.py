def most_talks(talks: list[list[int]], rest: int, promised: int) -> int:
    fixed_begin, fixed_end = talks[promised]
    attended = 1
    free_from = 0
    for begin, end in sorted(talks, key=lambda talk: talk[1]):
        fits = end + rest <= fixed_begin or begin >= fixed_end + rest
        if fits and begin >= free_from:
            attended += 1
            free_from = end + rest
    return attended

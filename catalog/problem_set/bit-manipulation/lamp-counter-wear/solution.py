def lamp_changes(n: int) -> int:
    changes = 0
    while n:
        changes += n
        n >>= 1
    return changes

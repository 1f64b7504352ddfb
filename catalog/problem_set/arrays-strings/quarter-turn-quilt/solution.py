def turn_quilt(patches: list[str], turns: int) -> list[str]:
    for _ in range(turns % 4):
        patches = ["".join(column) for column in zip(*reversed(patches))]
    return patches

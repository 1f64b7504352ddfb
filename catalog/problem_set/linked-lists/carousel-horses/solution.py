def horses_reached(next_horse: list[int], start: int, moves: list[int]) -> list[int]:
    order = [start]
    while next_horse[order[-1]] != start:
        order.append(next_horse[order[-1]])
    position = 0
    reached = []
    for steps in moves:
        position = (position + steps) % len(order)
        reached.append(order[position])
    return reached

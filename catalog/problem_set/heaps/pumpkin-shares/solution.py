import heapq


def share_pumpkins(weights: list[int], rounds: int) -> list[int]:
    pieces = [-weight for weight in weights]
    heapq.heapify(pieces)
    given = 0
    for _ in range(rounds):
        heaviest = -pieces[0]
        if heaviest == 1:
            break
        given += heaviest // 2
        heapq.heapreplace(pieces, heaviest // 2 - heaviest)
    return [given, -pieces[0]]

# expect: time_limit; family: slow
# It looks through all pieces for the heaviest, every round.
def share_pumpkins(weights, rounds):
    pieces = list(weights)
    given = 0
    for _ in range(rounds):
        heaviest = max(pieces)
        at = pieces.index(heaviest)
        given += heaviest // 2
        pieces[at] -= heaviest // 2
    return [given, max(pieces)]

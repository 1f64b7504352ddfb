# expect: wrong_answer; family: aliasing
# All rows of the turned quilt are one and the same list.
def turn_quilt(patches, turns):
    quilt = [list(row) for row in patches]
    for _ in range(turns % 4):
        turned = [[""] * len(quilt)] * len(quilt[0])
        for i, row in enumerate(quilt):
            for j, patch in enumerate(row):
                turned[j][len(quilt) - 1 - i] = patch
        quilt = turned
    return ["".join(row) for row in quilt]

# expect: wrong_answer; family: off-by-one
# Beats are counted from 0.
def beat_at(level, k):
    def at(n, i):
        if n == 1:
            return "D"
        middle = 2 ** (n - 1) - 1
        if i == middle:
            return "-"
        if i < middle:
            return at(n - 1, i)
        return {"D": "R", "R": "D", "-": "-"}[at(n - 1, i - middle - 1)]
    return at(level, min(k, 2**level - 2))

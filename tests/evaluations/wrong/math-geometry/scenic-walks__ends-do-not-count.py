# expect: wrong_answer; family: off-by-one
# A view at the beginning or the end of the walk is not seen.
def scenic_walks(width, height, scenic):
    from math import comb
    mod = 1_000_000_007
    if width + height > 2000:
        return 0
    views = sorted(v for v in scenic if v not in ([0, 0], [width, height]))
    def w(a, b):
        return comb(a + b, a) if a >= 0 and b >= 0 else 0
    first, total = [], 0
    for x, y in views:
        c = w(x, y) - sum(f * w(x - p, y - q) for f, (p, q) in zip(first, views))
        first.append(c)
        total += c * w(width - x, height - y)
    return total % mod

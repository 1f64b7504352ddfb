# expect: wrong_answer; family: off-by-one
# A meeting at the very beginning does not count.
def next_joint_ring(bells, earliest):
    from math import gcd
    m, r = 1, 0
    for p, f in bells:
        g = gcd(m, p)
        if (f - r) % g:
            return -1
        r += (f - r) // g * pow(m // g, -1, p // g) % (p // g) * m
        m *= p // g
    s = max(earliest + 1, *(f for _, f in bells))
    return s + (r - s) % m

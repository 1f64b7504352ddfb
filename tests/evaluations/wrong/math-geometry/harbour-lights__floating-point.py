# expect: wrong_answer; family: rounding
# Division in floating point loses the last digits.
def joint_flashes(a, b, limit):
    from math import gcd
    return round(limit / (a / gcd(a, b) * b))

# expect: wrong_answer; family: off-by-one
# The last second is left out.
def joint_flashes(a, b, limit):
    from math import lcm
    return max(0, limit - 1) // lcm(a, b)

# expect: wrong_answer; family: off-by-one
# The lower end of the range is left out.
def fewest_weights(low, high):
    x = high
    while x and x & (x - 1) > low:
        x &= x - 1
    return x.bit_count()

# expect: wrong_answer; family: off-by-one
# It counts one step too many.
def lamp_changes(n):
    total, n = 0, n + 1
    while n:
        total += n
        n >>= 1
    return total - 1

# expect: wrong_answer; family: other
# It waits for the first number, which need not come back.
def numbers_shown(start, factor, step, size):
    count, x = 1, (start * factor + step) % size
    while x != start and count <= size:
        x = (x * factor + step) % size
        count += 1
    return count

# expect: time_limit; family: slow
# It tries every pair of masts.
def total_cable_drop(masts):
    total = 0
    for i, height in enumerate(masts):
        between = 0
        for j in range(i + 1, len(masts)):
            other = masts[j]
            if between <= other:
                total += abs(height - other)
                between = other
            if other > height:
                break
    return total

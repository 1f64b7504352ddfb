# expect: wrong_answer; family: mutation
# The way without vouchers is summed up in `tolls` itself, which the search with vouchers then takes for tolls.
def cheapest_crossing(tolls, vouchers):
    for i, row in enumerate(tolls):
        for j in range(len(row)):
            before = [tolls[i - 1][j]] * (i > 0) + [row[j - 1]] * (j > 0)
            row[j] += min(before, default=0)
    if vouchers == 0:
        return tolls[-1][-1]
    far, states = 10**18, vouchers + 1
    above = [[far] * states for _ in tolls[0]]
    above[0][0] = 0
    for row in tolls:
        left, current = [far] * states, []
        for column, toll in enumerate(row):
            arrival = [min(pair) for pair in zip(above[column], left)]
            left = [min(cost + toll, arrival[used - 1] if used else far) for used, cost in enumerate(arrival)]
            current.append(left)
        above = current
    return min(above[-1])

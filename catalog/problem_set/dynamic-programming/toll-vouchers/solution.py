def cheapest_crossing(tolls: list[list[int]], vouchers: int) -> int:
    far = 10**9
    width, states = len(tolls[0]), vouchers + 1
    above = [[far] * states for _ in range(width)]
    above[0][0] = 0  # stands for the step into the first square
    for row in tolls:
        left = [far] * states
        current = []
        for column, toll in enumerate(row):
            arrival = [min(pair) for pair in zip(above[column], left)]
            left = [cost + toll for cost in arrival]
            for used in range(1, states):
                left[used] = min(left[used], arrival[used - 1])
            current.append(left)
        above = current
    return min(above[-1])

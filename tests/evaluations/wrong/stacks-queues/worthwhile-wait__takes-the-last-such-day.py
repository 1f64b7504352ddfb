# expect: wrong_answer; family: tie
# Of the days that are good enough it takes the last.
from bisect import bisect_right


def worthwhile_wait(prices: list[int], rise: int) -> list[int]:
    days: list[int] = []
    negated: list[int] = []  # minus the price of each day on the stack, so that it is ascending
    waiting = unsold = 0
    for day in range(len(prices) - 1, -1, -1):
        price = prices[day]
        while negated and -negated[-1] <= price:
            negated.pop()
            days.pop()
        high_enough = bisect_right(negated, -(price + rise))
        if high_enough:
            waiting += days[0] - day
        else:
            unsold += 1
        negated.append(-price)
        days.append(day)
    return [waiting, unsold]

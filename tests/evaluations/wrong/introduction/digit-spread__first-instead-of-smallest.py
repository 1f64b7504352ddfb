# expect: wrong_answer; family: tie
# Of numbers with the same spread it returns the first.
def widest_number(numbers: list[int]) -> int:
    return min(numbers, key=lambda number: -digit_spread(number))


def digit_spread(number: int) -> int:
    digits = [int(digit) for digit in str(number)]
    return max(digits) - min(digits)

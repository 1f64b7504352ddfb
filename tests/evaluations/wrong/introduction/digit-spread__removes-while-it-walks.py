# expect: wrong_answer; family: mutation
# Removing from the list that is walked through skips the number after each removed one.
def digit_spread(number):
    return int(max(str(number))) - int(min(str(number)))


def widest_number(numbers):
    widest = max(map(digit_spread, numbers))
    for number in numbers:
        if digit_spread(number) < widest:
            numbers.remove(number)
    return min(numbers)

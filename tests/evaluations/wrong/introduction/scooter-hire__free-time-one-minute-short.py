# expect: wrong_answer; family: off-by-one
# The free time is one minute short.
def hire_price(minutes: int, member: bool) -> int:
    if minutes == 0:
        return 0
    price = 0 if member else 4
    if minutes > 10:
        price += 2 * (min(minutes, 60) - 9)
    if minutes > 60:
        price += minutes - 60
    return price

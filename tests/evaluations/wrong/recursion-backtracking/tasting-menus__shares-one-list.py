# expect: wrong_answer; family: aliasing
# Every menu returned is the same list, which is empty in the end.
def tasting_menus(prices, courses, budget):
    menus, menu = [], []
    def extend(start, money):
        if len(menu) == courses:
            if money == 0:
                menus.append(menu)
            return
        for d in range(start, len(prices)):
            if prices[d] <= money:
                menu.append(d)
                extend(d + 1, money - prices[d])
                menu.pop()
    extend(0, budget)
    return menus

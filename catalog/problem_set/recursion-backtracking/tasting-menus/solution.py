def tasting_menus(prices: list[int], courses: int, budget: int) -> list[list[int]]:
    menus: list[list[int]] = []
    menu: list[int] = []

    def extend(start: int, money: int) -> None:
        missing = courses - len(menu)
        for dish in range(start, len(prices) - missing + 1):
            rest = money - prices[dish]
            if missing == 1:
                if rest == 0:
                    menus.append([*menu, dish])
            elif rest > 0:
                menu.append(dish)
                extend(dish + 1, rest)
                menu.pop()

    extend(0, budget)
    return menus

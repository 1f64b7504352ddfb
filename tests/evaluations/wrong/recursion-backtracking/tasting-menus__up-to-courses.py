# expect: wrong_answer; family: off-by-one
# Menus with fewer courses count as well.
def tasting_menus(prices, courses, budget):
    from itertools import combinations
    return [list(c) for k in range(1, courses + 1) for c in combinations(range(len(prices)), k) if sum(prices[i] for i in c) == budget]

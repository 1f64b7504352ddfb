# expect: wrong_answer; family: duplicates
# Different dishes of the same price count as one.
def tasting_menus(prices, courses, budget):
    from itertools import combinations
    seen = {}
    for c in combinations(range(len(prices)), courses):
        key = tuple(sorted(prices[i] for i in c))
        if sum(key) == budget:
            seen.setdefault(key, list(c))
    return list(seen.values())

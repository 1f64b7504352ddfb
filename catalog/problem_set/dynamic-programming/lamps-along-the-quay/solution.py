def cheapest_lighting(costs: list[int]) -> int:
    lit = dark = 0
    for cost in costs:
        lit, dark = min(lit, dark) + cost, lit
    return min(lit, dark)

# expect: wrong_answer; family: off-by-one
# A single lamp is always lit.
def cheapest_lighting(costs):
    if len(costs) == 1:
        return costs[0]
    lit = dark = 0
    for cost in costs:
        lit, dark = min(lit, dark) + cost, lit
    return min(lit, dark)

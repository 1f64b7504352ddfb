# expect: wrong_answer; family: tie
# It finds a plan, but not the first one.
def seat_guests(guests, capacities, feuds):
    foes = [set() for _ in range(guests)]
    for a, b in feuds:
        foes[a].add(b)
        foes[b].add(a)
    order = sorted(range(guests), key=lambda g: -len(foes[g]))
    plan = {}
    def go(i):
        if i == guests:
            return True
        g = order[i]
        for t, seats in enumerate(capacities):
            if list(plan.values()).count(t) < seats and all(plan.get(o) != t for o in foes[g]):
                plan[g] = t
                if go(i + 1):
                    return True
                del plan[g]
        return False
    if sum(capacities) < guests or not go(0):
        return []
    return [plan[g] for g in range(guests)]

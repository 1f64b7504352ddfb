def seat_guests(guests: int, capacities: list[int], feuds: list[list[int]]) -> list[int]:
    if sum(capacities) < guests:
        return []
    enemies: list[set[int]] = [set() for _ in range(guests)]
    for a, b in feuds:
        enemies[a].add(b)
        enemies[b].add(a)
    seated: list[set[int]] = [set() for _ in capacities]
    plan: list[int] = []

    def fits(guest: int, table: int) -> bool:
        return len(seated[table]) < capacities[table] and seated[table].isdisjoint(enemies[guest])

    def hopeless() -> bool:
        return any(
            not any(fits(guest, table) for table in range(len(capacities)))
            for guest in range(len(plan), guests)
        )

    def seat_the_rest() -> bool:
        guest = len(plan)
        if guest == guests:
            return True
        for table in range(len(capacities)):
            if not fits(guest, table):
                continue
            seated[table].add(guest)
            plan.append(table)
            if not hopeless() and seat_the_rest():
                return True
            plan.pop()
            seated[table].remove(guest)
        return False

    return plan if seat_the_rest() else []

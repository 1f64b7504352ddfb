# expect: wrong_answer; family: other
# A contradiction is not noticed.
def find(leader: list[int], mustard: int) -> int:
    while leader[mustard] != mustard:
        leader[mustard] = leader[leader[mustard]]
        mustard = leader[mustard]
    return mustard


def mustard_grades(count: int, equal: list[list[int]], milder: list[list[int]]) -> list[int]:
    leader = list(range(count))
    for a, b in equal:
        leader[find(leader, a)] = find(leader, b)
    group = [find(leader, mustard) for mustard in range(count)]
    hotter: list[list[int]] = [[] for _ in range(count)]
    unsettled = [0] * count
    for a, b in milder:
        hotter[group[a]].append(group[b])
        unsettled[group[b]] += 1
    grades = [1] * count
    settled = [mustard for mustard in range(count) if group[mustard] == mustard and not unsettled[mustard]]
    for mild in settled:  # the list grows while it is read: it is the queue
        for hot in hotter[mild]:
            grades[hot] = max(grades[hot], grades[mild] + 1)
            unsettled[hot] -= 1
            if unsettled[hot] == 0:
                settled.append(hot)
    return [grades[leading] for leading in group]

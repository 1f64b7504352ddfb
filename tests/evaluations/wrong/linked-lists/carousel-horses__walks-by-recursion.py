# expect: runtime_error; family: recursion
# One call for each horse: a long circle is deeper than the stack.
def horses_reached(next_horse, start, moves):
    order = []

    def walk(horse):
        order.append(horse)
        if next_horse[horse] != start:
            walk(next_horse[horse])

    walk(start)
    position, reached = 0, []
    for steps in moves:
        position = (position + steps) % len(order)
        reached.append(order[position])
    return reached

# expect: wrong_answer; family: order
# Boats of the same urgency keep the order of their arrival.
def lock_passage(urgency, boat):
    order = sorted(range(len(urgency)), key=lambda i: (-int(urgency[i]), i))
    turns = len({d for d in urgency if d > urgency[boat]})
    return [order.index(boat) + 1, turns]

# expect: wrong_answer; family: tie
# Of equally long runs it returns the last.
def longest_run(lanterns: str) -> list[int]:
    best_start, best_length = -1, 0
    start = 0
    for position in range(len(lanterns)):
        if lanterns[position] != lanterns[start]:
            start = position
        if position - start + 1 >= best_length:
            best_start, best_length = start, position - start + 1
    return [best_start, best_length]

FAR = 10**9


def fewest_switches(first: str, second: str, tape: str) -> int:
    noise = len(tape) - len(first) - len(second)
    if noise < 0:
        return -1
    # from_one[j][n]: fewest switches with i characters of first, j of second and n noise characters read,
    # the last kept one being from first. Only the previous i is kept.
    from_one: list[list[int]] = []
    from_two: list[list[int]] = []
    for i in range(len(first) + 1):
        above_one, above_two = from_one, from_two
        from_one, from_two = [], []
        for j in range(len(second) + 1):
            one = [FAR] * (noise + 1) if i or j else [0] * (noise + 1)
            two = one[:]
            for n in range(noise + 1):
                position = i + j + n - 1
                if i and tape[position] == first[i - 1]:
                    one[n] = min(above_one[j][n], above_two[j][n] + 1)
                if j and tape[position] == second[j - 1]:
                    two[n] = min(from_two[j - 1][n], from_one[j - 1][n] + 1)
                if n:
                    one[n] = min(one[n], one[n - 1])
                    two[n] = min(two[n], two[n - 1])
            from_one.append(one)
            from_two.append(two)
    answer = min(from_one[-1][noise], from_two[-1][noise])
    return answer if answer < FAR else -1

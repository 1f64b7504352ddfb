# expect: time_limit; family: slow
# It walks along every edge, peg by peg.
def boundary_pegs(corners: list[list[int]]) -> int:
    pegs = 0
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1]):
        dx, dy = x2 - x1, y2 - y1
        steps = max(abs(dx), abs(dy))
        step = 0
        while step < steps:
            if dx * step % steps == 0 and dy * step % steps == 0:
                pegs += 1
            step += 1
    return pegs

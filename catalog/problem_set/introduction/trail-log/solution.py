import sys

DIRECTIONS = {"N": (0, 1), "E": (1, 0), "S": (0, -1), "W": (-1, 0)}


def main() -> None:
    lines = sys.stdin.read().splitlines()
    east = north = farthest = 0
    for line in lines[1 : int(lines[0]) + 1]:
        direction, metres = line.split()
        east += DIRECTIONS[direction][0] * int(metres)
        north += DIRECTIONS[direction][1] * int(metres)
        farthest = max(farthest, abs(east) + abs(north))
    print(east, north)
    print(farthest)


main()

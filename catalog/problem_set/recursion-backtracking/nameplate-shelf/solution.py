from collections import Counter
from math import factorial, prod


def arrangements(counts: Counter[str]) -> int:
    return factorial(counts.total()) // prod(factorial(count) for count in counts.values())


def nameplate(letters: str, k: int) -> str:
    counts = Counter(sorted(letters))
    if k > arrangements(counts):
        return ""
    plate = ""
    while len(plate) < len(letters):
        for letter in counts:
            if not counts[letter]:
                continue
            counts[letter] -= 1
            block = arrangements(counts)
            if k <= block:
                plate += letter
                break
            k -= block
            counts[letter] += 1
    return plate

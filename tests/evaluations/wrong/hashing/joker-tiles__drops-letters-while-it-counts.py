# expect: runtime_error; family: mutation
# Deleting from a dictionary while it is walked through is refused as soon as a tile is of no use.
from collections import Counter


def copies_of_word(tiles, word):
    have, need = Counter(tiles), Counter(word)
    for letter in have:
        if letter not in need and letter != "*":
            del have[letter]
    copies = 0
    while sum(max(0, n * (copies + 1) - have[c]) for c, n in need.items()) <= have["*"]:
        copies += 1
    return copies

# expect: wrong_answer; family: duplicates
# A letter that occurs twice in the word is asked for once.
from collections import Counter


def copies_of_word(tiles: str, word: str) -> int:
    have = Counter(tiles)
    need = Counter(set(word))
    copies = 0
    while missing(have, need, copies + 1) <= have["*"]:
        copies += 1
    return copies


def missing(have: Counter[str], need: Counter[str], copies: int) -> int:
    return sum(max(0, count * copies - have[letter]) for letter, count in need.items())

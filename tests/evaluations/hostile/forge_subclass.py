# expect: wrong_answer
class Number(int):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def square(n):
    return Number(1)

# expect: runtime_error
class Same:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def square(n):
    return Same()

# expect: runtime_error
class Nasty(Exception):
    def __str__(self):
        raise Nasty

    __repr__ = __str__


def square(n):
    raise Nasty

# expect: runtime_error|memory_limit|time_limit; tests: 1
# Comparison, hashing and text of the returned values are the learner's code: it may not take the judge down.
class Nasty:
    def __repr__(self):
        return repr(self)

    def __hash__(self):
        return 0

    def __eq__(self, other):
        return self == other

    __lt__ = __gt__ = __str__ = __repr__

    def __del__(self):
        raise SystemExit(0)


def square(n):
    return {Nasty(), Nasty()}

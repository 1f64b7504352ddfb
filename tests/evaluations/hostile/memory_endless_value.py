# expect: memory_limit|time_limit|runtime_error; tests: 1; time: 3000
# The value has no end: what is spent on writing it down is the learner's.
import itertools


class Endless(dict):
    def items(self):
        return ((str(k), k) for k in itertools.count())

    def __bool__(self):
        return True


def square(n):
    return Endless(x=1)

# expect: wrong_answer|runtime_error; tests: 1
# The harness flushes the streams after the function: a stream of the learner's making is called, and answers nothing.
import os
import sys


class Stream:
    def __getattr__(self, name):
        return lambda *a, **k: os.write(1, b'accepted\n')


def square(n):
    sys.stdout = sys.stderr = sys.stdin = sys.__stdout__ = Stream()
    os.dup2(1, 2)
    return 0

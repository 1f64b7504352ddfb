# expect: runtime_error
# Most real-time signals have no name: dying of one is the learner's failure, not the judge's.
import os


def square(n):
    os.kill(os.getpid(), 40)

# expect: time_limit; tests: 1; time: 100
import os
import signal


def square(n):
    os.kill(os.getpid(), signal.SIGSTOP)
    return n * n

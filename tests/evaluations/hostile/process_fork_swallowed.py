# expect: accepted
import os


def square(n):
    for _ in range(100):
        try:
            if os.fork() == 0:
                os._exit(0)
            return 'forked'
        except OSError:
            pass
    return n * n

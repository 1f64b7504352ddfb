# expect: runtime_error
import os
import time


def square(n):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    return n * n

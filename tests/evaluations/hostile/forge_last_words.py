# expect: wrong_answer|runtime_error; tests: 1
# Everything that Python runs at the end of something: none of it may answer instead of the function.
import atexit
import os
import signal
import sys
import threading
import weakref


def speak(*_):
    os.write(1, b'accepted\n')


class Last:
    def __del__(self):
        speak()


def unfinished():
    try:
        yield
    finally:
        speak()


kept = [Last(), unfinished()]
next(kept[1])
weakref.finalize(kept[0], speak)
atexit.register(speak)
threading.excepthook = sys.excepthook = sys.unraisablehook = sys.exitfunc = speak
for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGPROF, signal.SIGUSR1):
    signal.signal(number, speak)


def square(n):
    signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
    return Last() and 0

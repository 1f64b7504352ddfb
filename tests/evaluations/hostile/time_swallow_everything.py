# expect: time_limit; tests: 1
import signal


def square(n):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

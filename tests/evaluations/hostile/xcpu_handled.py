# expect: time_limit; tests: 1
import signal


def square(n):
    signal.signal(signal.SIGXCPU, lambda *a: None)
    while True:
        pass

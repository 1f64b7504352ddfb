# expect: time_limit; family: time; tests: 1
import signal


def square(n):
    signal.signal(signal.SIGXCPU, lambda *a: None)
    while True:
        pass

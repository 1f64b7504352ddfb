# expect: accepted
# All signals blocked and ignored, a timer every microsecond, threads that never end: the next test comes in time.
import signal
import threading
import time


def square(n):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    for _ in range(5):
        threading.Thread(target=time.sleep, args=(600,)).start()
    return n * n

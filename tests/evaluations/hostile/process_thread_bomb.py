# expect: runtime_error|memory_limit|time_limit; tests: 1
import threading
import time


def square(n):
    for _ in range(10_000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return n * n

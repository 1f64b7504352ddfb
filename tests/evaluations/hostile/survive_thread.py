# expect: accepted
import threading
import time


def linger():
    while True:
        time.sleep(0.01)


def square(n):
    threading.Thread(target=linger).start()
    return n * n

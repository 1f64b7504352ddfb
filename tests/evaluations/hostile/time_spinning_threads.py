# expect: time_limit; tests: 1
import threading


def spin():
    while True:
        pass


def square(n):
    threads = [threading.Thread(target=spin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

# expect: accepted; family: control; kind: stdio
import threading
import time

n = int(input())


def late():
    time.sleep(0.05)
    print(n * n)


threading.Thread(target=late).start()

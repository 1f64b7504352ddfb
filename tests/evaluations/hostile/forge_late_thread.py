# expect: wrong_answer|runtime_error; tests: 2
# Threads that answer after the function has returned: they must not replace its answer, nor speak for the next test.
import os
import threading


def square(n):
    def answer():
        while True:
            try:
                os.write(3, b'R%d' % (n * n))
                os.write(1, b'R%d' % (n * n))
            except OSError:
                return

    started = threading.Event()
    threading.Thread(target=lambda: (started.set(), os.sched_yield(), answer()), daemon=True).start()
    started.wait()
    return 0

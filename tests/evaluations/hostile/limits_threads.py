# expect: accepted; tests: 1; time: 5000
# With the smallest stacks memory allows thousands of threads: their number is limited however many the machine has.
import threading

LIMIT, NEIGHBOURS = 64, 100  # of the same uid, in the tiers that share it, that end meanwhile


def square(n):
    over = threading.Event()
    threading.stack_size(32768)
    started = 0
    try:
        while started < LIMIT + NEIGHBOURS:
            threading.Thread(target=over.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    over.set()
    return n * n if started < LIMIT + NEIGHBOURS else started

# expect: output_limit; tests: 1
# Whatever can be written to, by threads and without a pause.
import os
import threading


def square(n):
    def flood(descriptor):
        while True:
            try:
                os.write(descriptor, b'x' * 65536)
            except OSError:
                return

    threads = [threading.Thread(target=flood, args=(number,)) for number in range(64)]
    for thread in threads[:16]:
        thread.start()
    for thread in threads[:16]:
        thread.join()
    return n * n

# expect: accepted
import os, sys


def found(attempts):
    done = []
    for attempt in attempts:
        try:
            done.append(repr(attempt())[:200])
        except (OSError, AttributeError, KeyError, IndexError, ValueError):
            pass
    return done


def square(n):
    done = found([
        lambda: os.execv(sys.executable, ['python', '-c', 'print(1)']),
        lambda: os.execv('/bin/sh', ['sh']),
        lambda: os.posix_spawn('/bin/sh', ['sh'], {}),
    ])
    return done or n * n

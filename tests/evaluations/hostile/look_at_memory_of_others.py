# expect: accepted
import ctypes, os


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
        lambda: open('/proc/%d/mem' % os.getppid(), 'rb').read(1),
        lambda: open('/proc/self/mem', 'rb').read(1),
        lambda: os.readlink('/proc/%d/exe' % os.getppid()) + os.readlink('/proc/%d/cwd' % os.getppid()),
        lambda: os.pidfd_open(os.getppid()),
    ])
    return done or n * n

# expect: accepted; family: processes
import fcntl, os, signal


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
        lambda: os.kill(os.getppid() or 1, 0),
        lambda: os.kill(1, signal.SIGKILL),
        lambda: os.kill(-1, signal.SIGKILL),
        lambda: os.killpg(os.getppid() or 1, signal.SIGKILL),
        lambda: fcntl.fcntl(0, fcntl.F_SETOWN, 1),
        lambda: fcntl.flock(0, fcntl.LOCK_EX),
        lambda: os.nice(-5),
        lambda: os.sched_setaffinity(0, {0}),
    ])
    return done or n * n

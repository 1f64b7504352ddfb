# expect: accepted
import os


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
        lambda: open('/etc/passwd').read(),
        lambda: open('/etc/shadow').read(),
        lambda: open('/root/.bashrc').read(),
        lambda: os.listdir('/etc'),
        lambda: os.listdir('/home'),
        lambda: open('/proc/self/environ').read(),
        lambda: os.listdir('/proc'),
        lambda: open('/dev/mem', 'rb').read(1),
    ])
    return done or n * n

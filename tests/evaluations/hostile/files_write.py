# expect: accepted
import os, tempfile


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
        lambda: open('/tmp/x', 'w'),
        lambda: open('x', 'w'),
        lambda: os.mkdir('/tmp/d'),
        lambda: os.symlink('/etc/passwd', '/tmp/l'),
        lambda: tempfile.mkstemp(),
        lambda: open(os.__file__, 'a'),
        lambda: os.unlink(os.__file__),
        lambda: os.mkfifo('/tmp/f'),
        lambda: os.truncate(os.__file__, 0),
    ])
    return done or n * n

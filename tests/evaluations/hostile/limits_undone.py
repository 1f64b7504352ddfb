# expect: accepted
import resource


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
        lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2),
        lambda: resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000)),
        lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4)),
        lambda: resource.prlimit(1, resource.RLIMIT_CPU),
    ])
    return done or n * n

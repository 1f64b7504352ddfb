# expect: accepted
import os


def square(n):
    written = []
    for place, folders, _ in os.walk('/'):
        if place.count('/') > 2 or place in ('/proc', '/sys'):
            folders.clear()
        try:
            open(os.path.join(place, 'left-by-a-submission'), 'w').close()
            written.append(place)
        except OSError:
            pass
    return written or n * n

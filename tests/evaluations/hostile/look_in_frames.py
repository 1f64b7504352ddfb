# expect: accepted
# All objects that can be reached from the frames below, the modules and the collector: none may hold the input, the
# output or the answer of another test.
import gc
import sys

UNIT = 10**6 + 3


def reachable(start):
    waiting, seen = [start], set()
    while waiting and len(seen) < 200_000:
        thing = waiting.pop()
        if id(thing) not in seen:
            seen.add(id(thing))
            yield thing
            waiting += gc.get_referents(thing)


def square(n):
    print(f'said {n}')
    others = {UNIT * k for k in range(1, 5)} - {n}
    known = others | {other**2 for other in others}
    texts = [b'%d' % number for number in known]
    frame, start = sys._getframe().f_back, [dict(sys.modules), gc.get_objects()]
    while frame:
        start += [frame, dict(frame.f_locals)]
        frame = frame.f_back
    seen = []
    for thing in reachable(start):
        if thing is known or thing is others or thing is texts or thing in ([], ()):
            continue
        if type(thing) in (list, tuple) and thing is not texts:
            seen += [number for number in thing if type(number) is int and number in known and len(thing) < 3]
        if type(thing) is bytes and thing not in texts and any(text in thing for text in texts):
            seen.append(repr(thing[:80]))
    return seen or n * n

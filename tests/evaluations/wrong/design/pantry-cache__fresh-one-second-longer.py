# expect: wrong_answer; family: off-by-one
# An entry stays fresh one second too long.
def run(operations, arguments):
    cap, now, d, out = arguments[0][0], 0, {}, [None]
    for name, a in zip(operations[1:], arguments[1:]):
        r = None
        if name == "advance":
            now += a[0]
            d = {k: v for k, v in d.items() if v[1] >= now}
        elif name == "size":
            r = sum(1 for v, e in d.values() if e > now)
        elif name == "get":
            if a[0] in d and d[a[0]][1] >= now:
                d[a[0]] = d.pop(a[0])
                r = d[a[0]][0]
            else:
                r = -1
        else:
            if a[0] not in d and len(d) >= cap:
                del d[next(iter(d))]
            d.pop(a[0], None)
            d[a[0]] = (a[1], now + a[2])
        out.append(r)
    return out

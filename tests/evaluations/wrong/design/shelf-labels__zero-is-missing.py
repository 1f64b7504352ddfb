# expect: wrong_answer; family: empty
# A label of 0 is taken for one that was never set.
def run(operations, arguments):
    out, d = [], {}
    for name, a in zip(operations, arguments):
        r = None
        if name == "create":
            n, default = a
        elif name == "fill":
            default, d = a[0], {}
        elif name == "set" and 0 <= a[0] < n:
            d[a[0]] = a[1]
        elif name == "get":
            r = (d.get(a[0]) or default) if 0 <= a[0] < n else -1
        out.append(r)
    return out

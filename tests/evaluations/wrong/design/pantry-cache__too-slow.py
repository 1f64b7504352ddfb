# expect: time_limit; family: slow
# It looks through all entries for the one to throw out.
def run(operations: list[str], arguments: list[list[int]]) -> list[int | None]:
    capacity = arguments[0][0]
    entries: list[list[int]] = []  # key, value, seconds left; least recently used first
    results: list[int | None] = [None]
    for name, values in zip(operations[1:], arguments[1:]):
        result = None
        if name == "advance":
            second = 0
            while second < values[0]:
                second += 1
                for entry in entries:
                    entry[2] -= 1
                entries = [entry for entry in entries if entry[2] > 0]
        elif name == "size":
            result = len(entries)
        else:
            found = [entry for entry in entries if entry[0] == values[0]]
            if name == "get":
                result = found[0][1] if found else -1
            if found:
                entries.remove(found[0])
            elif name == "put" and len(entries) == capacity:
                del entries[0]
            if name == "put":
                entries.append(list(values))
            elif found:
                entries.append(found[0])
        results.append(result)
    return results

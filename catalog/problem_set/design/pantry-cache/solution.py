from heapq import heappop, heappush


class PantryCache:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.now = 0
        self.entries: dict[int, tuple[int, int]] = {}  # key: value, expiry; least recently used first
        self.expiries: list[tuple[int, int]] = []  # heap of expiry, key; may hold outdated items

    def put(self, key: int, value: int, life: int) -> None:
        if key not in self.entries and len(self.entries) == self.capacity:
            del self.entries[next(iter(self.entries))]
        self.entries.pop(key, None)
        self.entries[key] = value, self.now + life
        heappush(self.expiries, (self.now + life, key))

    def get(self, key: int) -> int:
        if key not in self.entries:
            return -1
        self.entries[key] = entry = self.entries.pop(key)
        return entry[0]

    def advance(self, seconds: int) -> None:
        self.now += seconds
        while self.expiries and self.expiries[0][0] <= self.now:
            expiry, key = heappop(self.expiries)
            if key in self.entries and self.entries[key][1] == expiry:
                del self.entries[key]

    def size(self) -> int:
        return len(self.entries)


def run(operations: list[str], arguments: list[list[int]]) -> list[int | None]:
    cache = PantryCache(*arguments[0])
    results: list[int | None] = [None]
    for name, values in zip(operations[1:], arguments[1:]):
        results.append(getattr(cache, name)(*values))
    return results

class Gate:
    def __init__(self, capacity: int, refill: int, interval: int) -> None:
        self.capacity = capacity
        self.refill = refill
        self.interval = interval
        self.purses: dict[int, tuple[int, int]] = {}  # guide: tokens, refills already counted

    def balance(self, time: int, guide: int) -> int:
        refills = time // self.interval
        tokens, counted = self.purses.get(guide, (self.capacity, refills))
        tokens = min(self.capacity, tokens + (refills - counted) * self.refill)
        self.purses[guide] = tokens, refills
        return tokens

    def enter(self, time: int, guide: int, people: int) -> bool:
        tokens = self.balance(time, guide)
        admitted = people <= tokens
        left = tokens - people if admitted else max(0, tokens - 1)
        self.purses[guide] = left, time // self.interval
        return admitted


def run(operations: list[str], arguments: list[list[int]]) -> list[bool | int | None]:
    gate = Gate(*arguments[0])
    results: list[bool | int | None] = [None]
    for name, values in zip(operations[1:], arguments[1:]):
        results.append(getattr(gate, name)(*values))
    return results

class ShelfLabels:
    def __init__(self, count: int, value: int) -> None:
        self.count = count
        self.default = value
        self.changed: dict[int, int] = {}

    def set(self, label: int, value: int) -> None:
        if 0 <= label < self.count:
            self.changed[label] = value

    def fill(self, value: int) -> None:
        self.default = value
        self.changed = {}

    def get(self, label: int) -> int:
        if not 0 <= label < self.count:
            return -1
        return self.changed.get(label, self.default)


def run(operations: list[str], arguments: list[list[int]]) -> list[int | None]:
    labels = ShelfLabels(*arguments[0])
    results: list[int | None] = [None]
    for name, values in zip(operations[1:], arguments[1:]):
        results.append(getattr(labels, name)(*values))
    return results

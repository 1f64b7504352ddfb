# expect: wrong_answer; family: state
# The mutable default of `fill` is one dictionary: labels set after an earlier fill outlive the next one.
class ShelfLabels:
    def __init__(self, count, value):
        self.count = count
        self.default, self.changed = value, {}

    def set(self, label, value):
        if 0 <= label < self.count:
            self.changed[label] = value

    def fill(self, value, changed={}):
        self.default, self.changed = value, changed

    def get(self, label):
        if not 0 <= label < self.count:
            return -1
        return self.changed.get(label, self.default)


def run(operations, arguments):
    labels = ShelfLabels(*arguments[0])
    return [None] + [getattr(labels, name)(*values) for name, values in zip(operations[1:], arguments[1:])]

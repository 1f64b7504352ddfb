class ShelfLabels {
  constructor(count, value) {
    this.count = count;
    this.default = value;
    this.changed = new Map();
  }

  set(label, value) {
    if (label >= 0 && label < this.count) this.changed.set(label, value);
    return null;
  }

  fill(value) {
    this.default = value;
    this.changed = new Map();
    return null;
  }

  get(label) {
    if (label < 0 || label >= this.count) return -1;
    return this.changed.get(label) ?? this.default;
  }
}

function run(operations, args) {
  const labels = new ShelfLabels(...args[0]);
  return operations.map((name, k) => (k === 0 ? null : labels[name](...args[k])));
}

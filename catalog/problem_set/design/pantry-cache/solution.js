// Binary heap of [expiry, key], the smallest expiry on top.
class ExpiryHeap {
  constructor() {
    this.items = [];
  }

  top() {
    return this.items[0];
  }

  push(item) {
    const items = this.items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (items[parent][0] <= item[0]) break;
      items[i] = items[parent];
      i = parent;
    }
    items[i] = item;
  }

  pop() {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0) return top;
    let i = 0;
    for (let child = 1; child < items.length; child = 2 * i + 1) {
      if (child + 1 < items.length && items[child + 1][0] < items[child][0]) child += 1;
      if (items[child][0] >= last[0]) break;
      items[i] = items[child];
      i = child;
    }
    items[i] = last;
    return top;
  }
}

class PantryCache {
  constructor(capacity) {
    this.capacity = capacity;
    this.now = 0;
    this.entries = new Map(); // key: value and expiry; least recently used first
    this.expiries = new ExpiryHeap(); // may hold outdated items
  }

  put(key, value, life) {
    if (!this.entries.has(key) && this.entries.size === this.capacity) {
      this.entries.delete(this.entries.keys().next().value);
    }
    this.entries.delete(key);
    this.entries.set(key, { value, expiry: this.now + life });
    this.expiries.push([this.now + life, key]);
    return null;
  }

  get(key) {
    const entry = this.entries.get(key);
    if (entry === undefined) return -1;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  advance(seconds) {
    this.now += seconds;
    while (this.expiries.top() !== undefined && this.expiries.top()[0] <= this.now) {
      const [expiry, key] = this.expiries.pop();
      if (this.entries.get(key)?.expiry === expiry) this.entries.delete(key);
    }
    return null;
  }

  size() {
    return this.entries.size;
  }
}

function run(operations, args) {
  const cache = new PantryCache(...args[0]);
  return operations.map((name, k) => (k === 0 ? null : cache[name](...args[k])));
}

// expect: wrong_answer; family: other
// Replacing an entry in a full cache throws another one out.
class Cache {
  constructor(capacity) { this.capacity = capacity; this.now = 0; this.d = new Map(); }
  put(key, value, life) {
    if (this.d.size >= this.capacity) this.d.delete(this.d.keys().next().value);
    this.d.delete(key);
    this.d.set(key, [value, this.now + life]);
    return null;
  }
  get(key) {
    const e = this.d.get(key);
    if (!e) return -1;
    this.d.delete(key);
    this.d.set(key, e);
    return e[0];
  }
  advance(s) {
    this.now += s;
    for (const [k, e] of [...this.d]) if (e[1] <= this.now) this.d.delete(k);
    return null;
  }
  size() { return this.d.size; }
}
function run(operations, args) {
  const c = new Cache(...args[0]);
  return operations.map((name, k) => (k === 0 ? null : c[name](...args[k])));
}

class Gate {
  constructor(capacity, refill, interval) {
    this.capacity = capacity;
    this.refill = refill;
    this.interval = interval;
    this.purses = new Map(); // guide: tokens, refills already counted
  }

  balance(time, guide) {
    const refills = Math.floor(time / this.interval);
    const purse = this.purses.get(guide) ?? { tokens: this.capacity, counted: refills };
    // the product may be rounded beyond 2^53, but only where the capacity cuts it anyway
    purse.tokens = Math.min(this.capacity, purse.tokens + (refills - purse.counted) * this.refill);
    purse.counted = refills;
    this.purses.set(guide, purse);
    return purse.tokens;
  }

  enter(time, guide, people) {
    const tokens = this.balance(time, guide);
    const admitted = people <= tokens;
    this.purses.get(guide).tokens = admitted ? tokens - people : Math.max(0, tokens - 1);
    return admitted;
  }
}

function run(operations, args) {
  const gate = new Gate(...args[0]);
  return operations.map((name, k) => (k === 0 ? null : gate[name](...args[k])));
}

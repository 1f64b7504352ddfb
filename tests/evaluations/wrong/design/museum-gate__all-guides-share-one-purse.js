// expect: wrong_answer; family: mutation
// Every guide gets the same purse object, which each of them then changes.
class Gate {
  constructor(capacity, refill, interval) {
    Object.assign(this, { capacity, refill, interval, purses: new Map(), full: { tokens: capacity, counted: 0 } });
  }

  purse(time, guide) {
    const refills = Math.floor(time / this.interval);
    if (!this.purses.has(guide)) this.purses.set(guide, this.full);
    const purse = this.purses.get(guide);
    purse.tokens = Math.min(this.capacity, purse.tokens + (refills - purse.counted) * this.refill);
    purse.counted = refills;
    return purse;
  }

  balance(time, guide) {
    return this.purse(time, guide).tokens;
  }

  enter(time, guide, people) {
    const purse = this.purse(time, guide);
    const admitted = people <= purse.tokens;
    purse.tokens = admitted ? purse.tokens - people : Math.max(0, purse.tokens - 1);
    return admitted;
  }
}

function run(operations, args) {
  const gate = new Gate(...args[0]);
  return operations.map((name, i) => (i === 0 ? null : gate[name](...args[i])));
}

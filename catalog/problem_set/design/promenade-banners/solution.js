class Promenade {
  constructor(length) {
    this.length = length;
    this.stretches = [{ start: 0, colour: 0 }];
    this.metres = new Map([[0, length]]);
    this.history = []; // index, new size, old stretches
  }

  // The index of the stretch that holds this metre.
  find(metre) {
    let low = 0;
    let high = this.stretches.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.stretches[middle].start <= metre) low = middle;
      else high = middle;
    }
    return low;
  }

  end(index) {
    return index + 1 < this.stretches.length ? this.stretches[index + 1].start : this.length;
  }

  // Puts these stretches in the place of `size` ones that cover the same metres; returns the old ones.
  replace(index, size, stretches) {
    const border = this.end(index + size - 1);
    const old = this.stretches.splice(index, size, ...stretches);
    this.tally(old, border, -1);
    this.tally(stretches, border, 1);
    return old;
  }

  tally(stretches, border, sign) {
    stretches.forEach(({ start, colour }, i) => {
      const end = i + 1 < stretches.length ? stretches[i + 1].start : border;
      this.metres.set(colour, (this.metres.get(colour) ?? 0) + sign * (end - start));
    });
  }

  paint(first, last, colour) {
    const low = this.find(first);
    const high = this.find(last);
    const fresh = [{ start: first, colour }];
    if (this.stretches[low].start < first) fresh.unshift(this.stretches[low]);
    if (last + 1 < this.end(high)) fresh.push({ start: last + 1, colour: this.stretches[high].colour });
    this.history.push([low, fresh.length, this.replace(low, high - low + 1, fresh)]);
    return null;
  }

  colour(metre) {
    return this.stretches[this.find(metre)].colour;
  }

  count(colour) {
    return this.metres.get(colour) ?? 0;
  }

  undo() {
    if (this.history.length === 0) return false;
    this.replace(...this.history.pop());
    return true;
  }
}

function run(operations, args) {
  const promenade = new Promenade(...args[0]);
  return operations.map((name, k) => (k === 0 ? null : promenade[name](...args[k])));
}

// For every mask of finished jobs, what they save on each job together.
function savedAmounts(savings) {
  const saved = [savings.map(() => 0)];
  for (let mask = 1; mask < 2 ** savings.length; mask++) {
    const newest = 31 - Math.clz32(mask);
    saved.push(saved[mask ^ (1 << newest)].map((amount, job) => amount + savings[newest][job]));
  }
  return saved;
}

function cheapestOrder(base, savings) {
  const full = 2 ** base.length - 1;
  const saved = savedAmounts(savings);
  const rest = new Array(full + 1).fill(0);
  const choice = new Array(full + 1).fill(0);
  for (let mask = full - 1; mask >= 0; mask--) {
    rest[mask] = Infinity;
    for (let job = 0; job < base.length; job++) {
      if ((mask >> job) & 1) continue;
      const cost = Math.max(1, base[job] - saved[mask][job]) + rest[mask | (1 << job)];
      if (cost < rest[mask]) {
        // strictly: the lowest job wins a tie
        rest[mask] = cost;
        choice[mask] = job;
      }
    }
  }
  const order = [];
  for (let mask = 0; mask !== full; mask |= 1 << order[order.length - 1]) order.push(choice[mask]);
  return order;
}

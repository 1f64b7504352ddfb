function balancedStretches(flowers, shortest) {
  const width = 2 * flowers.length + 1;
  const states = [0];
  for (const flower of flowers) {
    let change = 0;
    if (flower === "r") change = width;
    else if (flower === "g") change = 1 - width;
    else change = -1;
    states.push(states[states.length - 1] + change);
  }
  const usable = new Map();
  let stretches = 0;
  for (let end = shortest; end < states.length; end += 1) {
    const start = states[end - shortest];
    usable.set(start, (usable.get(start) ?? 0) + 1);
    stretches += usable.get(states[end]) ?? 0;
  }
  return stretches;
}

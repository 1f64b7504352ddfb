function loneLampSeconds(lamps) {
  const switches = lamps.flatMap(([on, off]) => [[on, 1], [off, -1]]);
  switches.sort((a, b) => a[0] - b[0]);
  let burning = 0;
  let previous = 0;
  let total = 0;
  for (const [second, change] of switches) {
    if (burning === 1) {
      total += second - previous;
    }
    burning += change;
    previous = second;
  }
  return total;
}

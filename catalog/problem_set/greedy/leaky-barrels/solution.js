function leastLoss(minutes, leaks) {
  const barrels = minutes.map((duration, i) => [duration, leaks[i]]);
  barrels.sort((a, b) => a[0] * b[1] - b[0] * a[1]);
  let clock = 0;
  let lost = 0;
  for (const [duration, leak] of barrels) {
    clock += duration;
    lost += clock * leak;
  }
  return lost;
}

// expect: wrong_answer; family: rounding
// Rounded ratios make unequal barrels equal.
function leastLoss(minutes, leaks) {
  const barrels = minutes.map((duration, i) => [duration, leaks[i]]);
  barrels.sort((a, b) => Math.floor(a[0] / (a[1] || 0.001)) - Math.floor(b[0] / (b[1] || 0.001)));
  let clock = 0;
  let lost = 0;
  for (const [duration, leak] of barrels) {
    clock += duration;
    lost += clock * leak;
  }
  return lost;
}

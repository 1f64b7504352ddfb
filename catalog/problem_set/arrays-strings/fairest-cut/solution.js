function fairestCut(weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let bestCut = 1;
  let bestGap = Infinity;
  let left = 0;
  for (let cut = 1; cut < weights.length; cut += 1) {
    left += weights[cut - 1];
    const gap = Math.abs(total - 2 * left);
    if (gap < bestGap) {
      bestCut = cut;
      bestGap = gap;
    }
  }
  return bestCut;
}

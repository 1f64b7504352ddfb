function cheapestLighting(costs) {
  let lit = 0;
  let dark = 0;
  for (const cost of costs) {
    [lit, dark] = [Math.min(lit, dark) + cost, lit];
  }
  return Math.min(lit, dark);
}

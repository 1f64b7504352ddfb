// A crew's cost in one number: the fee first, then the number of helpers (at most 60).
const FEE_UNIT = 64;

function cheapestCrew(skills, volunteers, fees) {
  const best = new Array(2 ** skills).fill(Infinity);
  best[0] = 0;
  volunteers.forEach((known, helper) => {
    const mask = known.reduce((bits, skill) => bits | (1 << skill), 0);
    const price = fees[helper] * FEE_UNIT + 1;
    for (let covered = 0; covered < best.length; covered++) {
      const together = covered | mask;
      best[together] = Math.min(best[together], best[covered] + price);
    }
  });
  const cost = best[best.length - 1];
  return Number.isFinite(cost) ? [Math.floor(cost / FEE_UNIT), cost % FEE_UNIT] : [-1, -1];
}

function canClaim(level, scores, shortest) {
  const sums = [0];
  let lowest = 0; // smallest of the sums that lie at least `shortest` days back
  for (let day = 1; day <= scores.length; day += 1) {
    sums.push(sums[day - 1] + (scores[day - 1] >= level ? 1 : -2));
    if (day >= shortest) {
      lowest = Math.min(lowest, sums[day - shortest]);
      if (sums[day] >= lowest) {
        return true;
      }
    }
  }
  return false;
}

function bestLevel(scores, shortest) {
  const levels = [...new Set(scores)].sort((a, b) => a - b);
  let low = 0; // the lowest score can always be claimed
  let high = levels.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (canClaim(levels[middle], scores, shortest)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return levels[low];
}

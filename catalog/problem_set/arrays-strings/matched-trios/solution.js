function countCloseTrios(heights, gap) {
  const sorted = [...heights].sort((a, b) => a - b);
  let trios = 0;
  let first = 0;
  for (let tallest = 0; tallest < sorted.length; tallest += 1) {
    while (sorted[tallest] - sorted[first] > gap) first += 1;
    const shorter = tallest - first;
    trios += (shorter * (shorter - 1)) / 2;
  }
  return trios;
}

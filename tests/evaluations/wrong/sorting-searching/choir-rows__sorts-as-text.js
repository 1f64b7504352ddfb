// expect: wrong_answer; family: order
// `sort` without a comparison sorts numbers as text.
function rowSpreads(heights, size) {
  const line = [...heights].sort();
  const spreads = [];
  for (let start = 0; start < line.length; start += size) {
    const last = Math.min(start + size, line.length) - 1;
    spreads.push(line[last] - line[start]);
  }
  return spreads;
}

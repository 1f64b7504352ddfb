function largestLevelTerrace(ground) {
  let field = ground;
  if (field.length > field[0].length) field = field[0].map((_, c) => ground.map((row) => row[c]));
  let best = 0;
  for (let top = 0; top < field.length; top += 1) {
    const strip = new Array(field[0].length).fill(0);
    for (let bottom = top; bottom < field.length; bottom += 1) {
      for (let c = 0; c < strip.length; c += 1) strip[c] += field[bottom][c];
      best = Math.max(best, longestZeroSum(strip) * (bottom - top + 1));
    }
  }
  return best;
}

function longestZeroSum(values) {
  const firstSeen = new Map([[0, 0]]);
  let longest = 0;
  let total = 0;
  values.forEach((value, i) => {
    total += value;
    const start = firstSeen.get(total);
    if (start === undefined) firstSeen.set(total, i + 1);
    else longest = Math.max(longest, i + 1 - start);
  });
  return longest;
}

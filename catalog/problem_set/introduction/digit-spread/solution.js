function widestNumber(numbers) {
  let best = numbers[0];
  let bestSpread = digitSpread(best);
  for (const number of numbers) {
    const spread = digitSpread(number);
    if (spread > bestSpread || (spread === bestSpread && number < best)) {
      best = number;
      bestSpread = spread;
    }
  }
  return best;
}

function digitSpread(number) {
  const digits = [...String(number)].map(Number);
  return Math.max(...digits) - Math.min(...digits);
}

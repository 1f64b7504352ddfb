// expect: wrong_answer; family: overflow
// The product is kept in 32 bits.
function numbersShown(start, factor, step, size) {
  const seen = new Set();
  let shown = start;
  while (!seen.has(shown)) {
    seen.add(shown);
    shown = ((Math.imul(shown, factor) >>> 0) + step) % size;
  }
  return seen.size;
}

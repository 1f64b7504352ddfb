function numbersShown(start, factor, step, size) {
  const seen = new Set();
  let shown = start;
  while (!seen.has(shown)) {
    seen.add(shown);
    shown = (shown * factor + step) % size;
  }
  return seen.size;
}

function longestRun(lanterns) {
  let bestStart = -1;
  let bestLength = 0;
  let start = 0;
  for (let position = 0; position < lanterns.length; position += 1) {
    if (lanterns[position] !== lanterns[start]) start = position;
    if (position - start + 1 > bestLength) {
      bestStart = start;
      bestLength = position - start + 1;
    }
  }
  return [bestStart, bestLength];
}

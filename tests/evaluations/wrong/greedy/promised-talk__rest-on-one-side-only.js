// expect: wrong_answer; family: other
// The rest is kept before the promised talk, but not after it.
function mostTalks(talks, rest, promised) {
  const [fixedBegin, fixedEnd] = talks[promised];
  let attended = 1;
  let freeFrom = 0;
  for (const [begin, end] of [...talks].sort((a, b) => a[1] - b[1])) {
    const fits = end + rest <= fixedBegin || begin >= fixedEnd;
    if (fits && begin >= freeFrom) {
      attended += 1;
      freeFrom = end + rest;
    }
  }
  return attended;
}

// expect: wrong_answer; family: mutation
// `sort` reorders the talks themselves: `promised` then names another talk.
function mostTalks(talks, rest, promised) {
  talks.sort((a, b) => a[1] - b[1]);
  const [fixedBegin, fixedEnd] = talks[promised];
  let attended = 1;
  let freeFrom = 0;
  for (const [begin, end] of talks) {
    const fits = end + rest <= fixedBegin || begin >= fixedEnd + rest;
    if (fits && begin >= freeFrom) {
      attended += 1;
      freeFrom = end + rest;
    }
  }
  return attended;
}

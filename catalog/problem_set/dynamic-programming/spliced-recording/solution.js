function fewestSwitches(first, second, tape) {
  const noise = tape.length - first.length - second.length;
  if (noise < 0) return -1;
  // fromOne[j][n]: fewest switches with i characters of first, j of second and n noise characters read,
  // the last kept one being from first. Only the previous i is kept.
  let fromOne = [];
  let fromTwo = [];
  for (let i = 0; i <= first.length; i++) {
    const aboveOne = fromOne;
    const aboveTwo = fromTwo;
    fromOne = [];
    fromTwo = [];
    for (let j = 0; j <= second.length; j++) {
      const start = i === 0 && j === 0 ? 0 : Infinity;
      const one = new Array(noise + 1).fill(start);
      const two = new Array(noise + 1).fill(start);
      for (let n = 0; n <= noise; n++) {
        const heard = tape[i + j + n - 1];
        if (i > 0 && heard === first[i - 1]) one[n] = Math.min(aboveOne[j][n], aboveTwo[j][n] + 1);
        if (j > 0 && heard === second[j - 1]) two[n] = Math.min(fromTwo[j - 1][n], fromOne[j - 1][n] + 1);
        if (n > 0) {
          one[n] = Math.min(one[n], one[n - 1]);
          two[n] = Math.min(two[n], two[n - 1]);
        }
      }
      fromOne.push(one);
      fromTwo.push(two);
    }
  }
  const answer = Math.min(fromOne[second.length][noise], fromTwo[second.length][noise]);
  return Number.isFinite(answer) ? answer : -1;
}

function lockPassage(urgency, boat) {
  const line = Array.from(urgency, (flag, number) => [Number(flag), number]);
  const waiting = new Array(10).fill(0);
  for (const [level] of line) {
    waiting[level] += 1;
  }
  let highest = 9;
  let place = 0;
  let turns = 0;
  // The array only grows; `head` is the front of the line.
  for (let head = 0; ; head += 1) {
    while (waiting[highest] === 0) {
      highest -= 1;
    }
    const [level, number] = line[head];
    if (level < highest) {
      line.push(line[head]);
      turns += number === boat ? 1 : 0;
    } else {
      place += 1;
      waiting[level] -= 1;
      if (number === boat) {
        return [place, turns];
      }
    }
  }
}

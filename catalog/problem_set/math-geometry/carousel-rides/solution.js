function horseAfter(size, start, factor, step, rides) {
  let horse = start;
  while (rides > 0) {
    if (rides % 2 === 1) horse = (horse * factor + step) % size;
    [factor, step] = [(factor * factor) % size, (step * factor + step) % size];
    rides = Math.floor(rides / 2); // >> would cut to 32 bits
  }
  return horse;
}

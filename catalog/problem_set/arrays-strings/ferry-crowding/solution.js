function mostCrowdedLeg(stops, groups) {
  const change = new Array(stops + 1).fill(0);
  for (const [boardsAt, leavesAt, people] of groups) {
    change[boardsAt] += people;
    change[leavesAt] -= people;
  }
  let bestLeg = 0;
  let bestLoad = 0;
  let load = 0;
  for (let leg = 0; leg < stops - 1; leg += 1) {
    load += change[leg];
    if (load > bestLoad) {
      bestLeg = leg;
      bestLoad = load;
    }
  }
  return [bestLeg, bestLoad];
}

function stationAfter(nextStation, start, trips) {
  const meeting = meetingPoint(nextStation, start);
  if (meeting === -1) return walk(nextStation, start, Math.min(trips, nextStation.length));
  let tail = 0;
  let ahead = meeting;
  let behind = start;
  while (ahead !== behind) {
    ahead = nextStation[ahead];
    behind = nextStation[behind];
    tail += 1;
  }
  if (trips <= tail) return walk(nextStation, start, trips);
  let loop = 1;
  for (ahead = nextStation[behind]; ahead !== behind; ahead = nextStation[ahead]) loop += 1;
  return walk(nextStation, behind, (trips - tail) % loop);
}

// A station of the loop whose distance to the entry equals the length of the tail (or -1).
function meetingPoint(nextStation, start) {
  let slow = start;
  let fast = start;
  while (true) {
    fast = walk(nextStation, fast, 2);
    if (fast === -1) return -1;
    slow = nextStation[slow];
    if (slow === fast) return slow;
  }
}

function walk(nextStation, station, steps) {
  let current = station;
  for (let left = steps; left > 0 && current !== -1; left -= 1) current = nextStation[current];
  return current;
}

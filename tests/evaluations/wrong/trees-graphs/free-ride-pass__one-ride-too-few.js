// expect: wrong_answer; family: off-by-one
// The pass is good for one ride less.
function pushTo(heap, item) {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent][0] <= item[0]) {
      break;
    }
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = item;
}

function popFrom(heap) {
  const least = heap[0];
  const item = heap.pop();
  if (heap.length > 0) {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && heap[child + 1][0] < heap[child][0]) {
        child += 1;
      }
      if (child >= heap.length || heap[child][0] >= item[0]) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = item;
  }
  return least;
}

function cheapestJourney(stations, lines, rides) {
  rides = Math.max(0, rides - 1);
  const tracks = Array.from({ length: stations }, () => []);
  for (const [a, b, fare] of lines) {
    tracks[a].push([b, fare]);
    tracks[b].push([a, fare]);
  }
  // State s: s free rides have been taken; 0 is the untouched pass, `rides` the used-up one.
  const done = Array.from({ length: stations }, () => new Array(rides + 1).fill(false));
  const todo = [[0, 0, 0]]; // [coins, station, state]
  while (todo.length > 0) {
    const [coins, station, state] = popFrom(todo);
    if (done[station][state]) {
      continue;
    }
    done[station][state] = true;
    if (station === stations - 1) {
      return coins;
    }
    for (const [other, fare] of tracks[station]) {
      if ((state === 0 || state === rides) && !done[other][state]) {
        pushTo(todo, [coins + fare, other, state]);
      }
      if (state < rides && !done[other][state + 1]) {
        pushTo(todo, [coins, other, state + 1]);
      }
    }
  }
  return -1;
}

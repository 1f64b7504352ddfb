function pushTo(heap, item, before) {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(item, heap[parent])) {
      break;
    }
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = item;
}

function popFrom(heap, before) {
  const first = heap[0];
  const item = heap.pop();
  if (heap.length > 0) {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) {
        child += 1;
      }
      if (child >= heap.length || !before(heap[child], item)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = item;
  }
  return first;
}

const isSmaller = (a, b) => a < b;
const isShorter = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

function repairDay(arrivals, minutes, benches) {
  const order = arrivals.map((_, bicycle) => bicycle).sort((a, b) => arrivals[a] - arrivals[b]);
  const freeAt = new Array(benches).fill(0);
  const waiting = []; // [repair time, bicycle]
  let arrived = 0;
  let now = 0;
  let end = 0;
  let longest = -1;
  let patient = -1;
  for (let placed = 0; placed < order.length; placed += 1) {
    now = Math.max(now, popFrom(freeAt, isSmaller));
    if (waiting.length === 0) {
      now = Math.max(now, arrivals[order[arrived]]);
    }
    while (arrived < order.length && arrivals[order[arrived]] <= now) {
      pushTo(waiting, [minutes[order[arrived]], order[arrived]], isShorter);
      arrived += 1;
    }
    const [duration, bicycle] = popFrom(waiting, isShorter);
    pushTo(freeAt, now + duration, isSmaller);
    end = Math.max(end, now + duration);
    const waited = now - arrivals[bicycle];
    if (waited > longest || (waited === longest && bicycle < patient)) {
      longest = waited;
      patient = bicycle;
    }
  }
  return [end, patient];
}

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

const isEarlier = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

function numberedDeparture(lines, number) {
  const upcoming = [];
  lines.forEach(([first], line) => pushTo(upcoming, [first, line], isEarlier));
  for (let entry = 1; entry < number; entry += 1) {
    const [minute, line] = popFrom(upcoming, isEarlier);
    pushTo(upcoming, [minute + lines[line][1], line], isEarlier);
  }
  return upcoming[0];
}

function pushTo(heap, item) {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent].minutes >= item.minutes) {
      break;
    }
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = item;
}

function popFrom(heap) {
  const longest = heap[0];
  const item = heap.pop();
  if (heap.length > 0) {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && heap[child + 1].minutes > heap[child].minutes) {
        child += 1;
      }
      if (child >= heap.length || heap[child].minutes <= item.minutes) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = item;
  }
  return longest;
}

function mostPots(batches) {
  const accepted = []; // groups of equal pots, the longest on top
  let clock = 0;
  let pots = 0;
  for (const [count, minutes, deadline] of [...batches].sort((a, b) => a[2] - b[2])) {
    pushTo(accepted, { minutes, count });
    clock += count * minutes;
    pots += count;
    while (clock > deadline) {
      const group = accepted[0];
      const givenUp = Math.min(group.count, Math.ceil((clock - deadline) / group.minutes));
      clock -= givenUp * group.minutes;
      pots -= givenUp;
      group.count -= givenUp;
      if (group.count === 0) {
        popFrom(accepted);
      }
    }
  }
  return pots;
}

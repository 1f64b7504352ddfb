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
const isLarger = (a, b) => a > b;

function sumOfReports(houses) {
  const lower = []; // the largest position on top
  const upper = []; // the smallest position on top
  let lowerSum = 0;
  let upperSum = 0;
  let total = 0;
  for (const house of houses) {
    pushTo(lower, house, isLarger);
    let moved = popFrom(lower, isLarger);
    lowerSum += house - moved;
    pushTo(upper, moved, isSmaller);
    upperSum += moved;
    if (upper.length > lower.length) {
      moved = popFrom(upper, isSmaller);
      upperSum -= moved;
      pushTo(lower, moved, isLarger);
      lowerSum += moved;
    }
    const well = lower[0];
    total += well * lower.length - lowerSum + upperSum - well * upper.length;
  }
  return total;
}

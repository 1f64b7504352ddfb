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

const isCheaper = (a, b) => a[0] < b[0];

// The k smallest sums of one entry of `parts` (ascending) and one of `dishes`, ascending.
function cheapestSums(parts, dishes, k) {
  const todo = [];
  for (const dish of dishes) {
    pushTo(todo, [parts[0] + dish, 0, dish], isCheaper);
  }
  const sums = [];
  while (todo.length > 0 && sums.length < k) {
    const [price, at, dish] = popFrom(todo, isCheaper);
    sums.push(price);
    if (at + 1 < parts.length) {
      pushTo(todo, [parts[at + 1] + dish, at + 1, dish], isCheaper);
    }
  }
  return sums;
}

function kthCheapestMenu(courses, k) {
  let parts = [0];
  for (const dishes of courses) {
    parts = cheapestSums(parts, dishes, k);
  }
  return k <= parts.length ? parts[k - 1] : -1;
}

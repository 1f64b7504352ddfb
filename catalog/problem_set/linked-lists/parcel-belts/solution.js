function clearingCost(belts) {
  const heap = [];
  belts.forEach((belt, number) => {
    if (belt.length > 0) push(heap, { weight: belt[0], number, place: 0 });
  });
  let cost = 0;
  for (let turn = 1; heap.length > 0; turn += 1) {
    const { weight, number, place } = pop(heap);
    cost += turn * weight;
    if (place + 1 < belts[number].length) {
      push(heap, { weight: belts[number][place + 1], number, place: place + 1 });
    }
  }
  return cost;
}

function before(a, b) {
  return a.weight < b.weight || (a.weight === b.weight && a.number < b.number);
}

function push(heap, item) {
  heap.push(item);
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!before(heap[child], heap[parent])) break;
    [heap[child], heap[parent]] = [heap[parent], heap[child]];
    child = parent;
  }
}

function pop(heap) {
  const top = heap[0];
  const last = heap.pop();
  if (heap.length > 0) {
    heap[0] = last;
    sink(heap);
  }
  return top;
}

function sink(heap) {
  let parent = 0;
  while (true) {
    let smallest = parent;
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < heap.length && before(heap[child], heap[smallest])) smallest = child;
    }
    if (smallest === parent) return;
    [heap[parent], heap[smallest]] = [heap[smallest], heap[parent]];
    parent = smallest;
  }
}

// expect: wrong_answer; family: mutation
// The top of the heap is changed in place and does not sink.
// Lets the piece at `start` sink below every heavier one.
function sink(heap, start) {
  let at = start;
  const piece = heap[at];
  for (;;) {
    let child = 2 * at + 1;
    if (child + 1 < heap.length && heap[child + 1] > heap[child]) {
      child += 1;
    }
    if (child >= heap.length || heap[child] <= piece) {
      break;
    }
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = piece;
}

function sharePumpkins(weights, rounds) {
  const pieces = [...weights];
  for (let at = pieces.length >> 1; at >= 0; at -= 1) {
    sink(pieces, at);
  }
  let given = 0;
  for (let round = 0; round < rounds && pieces[0] > 1; round += 1) {
    const part = Math.floor(pieces[0] / 2);
    given += part;
    pieces[0] -= part;
  }
  return [given, pieces[0]];
}

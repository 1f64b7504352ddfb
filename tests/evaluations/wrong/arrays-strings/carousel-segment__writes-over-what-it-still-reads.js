// expect: wrong_answer; family: mutation
// `before` is the same array as `plates`: places that were written are read again.
function rotateSegment(plates, first, last, turns) {
  const before = plates;
  const width = last - first + 1;
  const shift = ((turns % width) + width) % width;
  for (let place = 0; place < width; place += 1) {
    plates[first + ((place + shift) % width)] = before[first + place];
  }
  return plates;
}

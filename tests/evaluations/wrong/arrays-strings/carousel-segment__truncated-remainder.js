// expect: wrong_answer; family: overflow
// The remainder of a negative number is negative in JavaScript.
function rotateSegment(plates, first, last, turns) {
  const width = last - first + 1;
  const shift = turns % width;
  const part = plates.slice(first, last + 1);
  part.forEach((plate, i) => {
    plates[first + ((i + shift) % width)] = plate;
  });
  return plates.slice(0);
}

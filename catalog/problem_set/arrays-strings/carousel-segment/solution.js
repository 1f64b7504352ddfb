function rotateSegment(plates, first, last, turns) {
  const width = last - first + 1;
  const shift = ((turns % width) + width) % width;
  reverseBetween(plates, first, last);
  reverseBetween(plates, first, first + shift - 1);
  reverseBetween(plates, first + shift, last);
  return plates;
}

function reverseBetween(plates, low, high) {
  while (low < high) {
    [plates[low], plates[high]] = [plates[high], plates[low]];
    low += 1;
    high -= 1;
  }
}

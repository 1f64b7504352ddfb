function braceletDesigns(strand, length) {
  const designs = new Map();
  let most = 0;
  for (let start = 0; start < strand.length; start += length) {
    const key = smallestRotation(strand.slice(start, start + length));
    const count = (designs.get(key) ?? 0) + 1;
    designs.set(key, count);
    most = Math.max(most, count);
  }
  return [designs.size, most];
}

function smallestRotation(bracelet) {
  let smallest = bracelet;
  for (let turn = 1; turn < bracelet.length; turn += 1) {
    const rotated = bracelet.slice(turn) + bracelet.slice(0, turn);
    if (rotated < smallest) smallest = rotated;
  }
  return smallest;
}

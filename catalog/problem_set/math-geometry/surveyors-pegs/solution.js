function gcd(a, b) {
  return b === 0 ? a : gcd(b, a % b);
}

function boundaryPegs(corners) {
  let pegs = 0;
  corners.forEach(([x1, y1], i) => {
    const [x2, y2] = corners[(i + 1) % corners.length];
    pegs += gcd(Math.abs(x2 - x1), Math.abs(y2 - y1));
  });
  return pegs;
}

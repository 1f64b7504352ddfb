// expect: wrong_answer; family: mutation
// After the first corner was moved to the origin, the others are moved by nothing.
function gcd(a, b) {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}

function boundaryPegs(corners) {
  for (const corner of corners) {
    corner[0] -= corners[0][0];
    corner[1] -= corners[0][1];
  }
  let pegs = 0;
  corners.forEach(([x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length];
    pegs += gcd(nextX - x, nextY - y);
  });
  return pegs;
}

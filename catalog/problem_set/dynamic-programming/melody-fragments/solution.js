const MODULUS = 1000000007;

function countFragments(melody) {
  const endingIn = new Map();
  let total = 0;
  for (const note of melody) {
    const others = (total - (endingIn.get(note) ?? 0) + MODULUS) % MODULUS;
    const count = (1 + others) % MODULUS;
    endingIn.set(note, count);
    total = (others + count) % MODULUS;
  }
  return total;
}

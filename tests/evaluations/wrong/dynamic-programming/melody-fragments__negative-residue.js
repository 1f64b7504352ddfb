// expect: wrong_answer; family: overflow
// A difference of residues may be negative.
const MODULUS = 1000000007;
function countFragments(melody) {
  const ends = new Map();
  let total = 0;
  for (const note of melody) {
    const others = total - (ends.get(note) ?? 0);
    ends.set(note, (1 + others) % MODULUS);
    total = (others + ends.get(note)) % MODULUS;
  }
  return total;
}

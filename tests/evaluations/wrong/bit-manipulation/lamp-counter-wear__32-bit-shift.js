// expect: wrong_answer; family: overflow
// Shifts work on 32 bits in JavaScript.
function lampChanges(n) {
  let changes = 0;
  for (; n > 0; n >>= 1) changes += n;
  return changes;
}

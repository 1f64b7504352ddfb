// expect: wrong_answer; family: overflow
// `&` works on 32 bits in JavaScript.
function fewestWeights(low, high) {
  while (high > 0 && (high & (high - 1)) >= low) high &= high - 1;
  let weights = 0;
  for (; high > 0; high = Math.floor(high / 2)) weights += high % 2;
  return weights;
}

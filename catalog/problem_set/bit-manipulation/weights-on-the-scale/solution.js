function fewestWeights(low, high) {
  const limit = BigInt(low);
  let grams = BigInt(high);
  while (grams > 0n && (grams & (grams - 1n)) >= limit) {
    grams &= grams - 1n; // clears the lowest set bit
  }
  let weights = 0;
  for (; grams > 0n; grams &= grams - 1n) weights += 1;
  return weights;
}

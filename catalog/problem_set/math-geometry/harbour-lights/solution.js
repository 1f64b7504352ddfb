function gcd(a, b) {
  return b === 0 ? a : gcd(b, a % b);
}

function jointFlashes(a, b, limit) {
  const period = BigInt(a / gcd(a, b)) * BigInt(b); // may pass 2^53
  return Number(BigInt(limit) / period);
}

// [g, x] with g = gcd(a, b) and a * x = g modulo b.
function gcdWithFactor(a, b) {
  let [g, rest, x, next] = [a, b, 1n, 0n];
  while (rest !== 0n) {
    const quotient = g / rest;
    [g, rest] = [rest, g - quotient * rest];
    [x, next] = [next, x - quotient * next];
  }
  return [g, x];
}

function modulo(a, m) {
  return ((a % m) + m) % m;
}

function nextJointRing(bells, earliest) {
  let period = 1n;
  let remainder = 0n;
  let start = BigInt(earliest);
  for (const [otherPeriod, first] of bells) {
    const other = BigInt(otherPeriod);
    const gap = BigInt(first) - remainder;
    const [shared, inverse] = gcdWithFactor(period, other);
    if (gap % shared !== 0n) return -1;
    const reduced = other / shared;
    remainder += modulo((gap / shared) * inverse, reduced) * period;
    period *= reduced;
    if (BigInt(first) > start) start = BigInt(first);
  }
  return Number(start + modulo(remainder - start, period));
}

// XOR of 0, 1, ..., limit - 1 (a BigInt).
function xorBelow(limit) {
  const last = limit - 1n;
  return [0n, last, 1n, last + 1n][Number(limit % 4n)];
}

function tagChecksum(first, count, shift) {
  const width = BigInt(shift);
  const low = BigInt(first) & ((1n << width) - 1n);
  const high = BigInt(first) >> width;
  const highXor = xorBelow(high + BigInt(count)) ^ xorBelow(high);
  return Number((highXor << width) | (count % 2 === 1 ? low : 0n));
}

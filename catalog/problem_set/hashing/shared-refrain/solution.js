const MODULI = [67108859, 67108837];
const BASES = [131, 7919];

function sharedRefrain(first, second) {
  let low = 0;
  let high = Math.min(first.length, second.length);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (earliestShared(first, second, middle) >= 0) low = middle;
    else high = middle - 1;
  }
  return [low, low === 0 ? 0 : earliestShared(first, second, low)];
}

function earliestShared(first, second, length) {
  const inSecond = new Set(blockHashes(second, length));
  return blockHashes(first, length).findIndex((value) => inSecond.has(value));
}

// Two moduli below 2^26 make one key below 2^52, so that all numbers stay exact.
function blockHashes(song, length) {
  const high = rollingHashes(song, length, BASES[0], MODULI[0]);
  const low = rollingHashes(song, length, BASES[1], MODULI[1]);
  return high.map((value, i) => value * 67108864 + low[i]);
}

function rollingHashes(song, length, base, modulus) {
  let value = 0;
  let leading = 1;
  for (let i = 0; i < length; i += 1) {
    value = (value * base + song.charCodeAt(i)) % modulus;
    leading = (leading * base) % modulus;
  }
  const hashes = [value];
  for (let i = length; i < song.length; i += 1) {
    const gone = (song.charCodeAt(i - length) * leading) % modulus;
    value = (value * base + song.charCodeAt(i) + modulus - gone) % modulus;
    hashes.push(value);
  }
  return hashes;
}

function loneSounds(beats, drum, bell) {
  const both = Math.floor(beats / ((drum * bell) / gcd(drum, bell)));
  return Math.floor(beats / drum) + Math.floor(beats / bell) - 2 * both;
}

function gcd(a, b) {
  return b === 0 ? a : gcd(b, a % b);
}

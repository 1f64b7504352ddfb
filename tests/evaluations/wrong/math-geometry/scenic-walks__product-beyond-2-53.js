// expect: wrong_answer; family: overflow
// Products of residues exceed 2**53.
const M = 1000000007;
function power(b, e) {
  let r = 1;
  for (; e > 0; e = Math.floor(e / 2)) {
    if (e % 2) r = (r * b) % M;
    b = (b * b) % M;
  }
  return r;
}
function scenicWalks(width, height, scenic) {
  const f = [1];
  for (let n = 1; n <= width + height; n++) f.push((f[n - 1] * n) % M);
  const w = (a, b) => (a < 0 || b < 0 ? 0 : (((f[a + b] * power(f[a], M - 2)) % M) * power(f[b], M - 2)) % M);
  const v = [...scenic].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const first = [];
  let total = 0;
  for (const [x, y] of v) {
    let c = w(x, y);
    first.forEach((e, i) => { c = (c + M - ((e * w(x - v[i][0], y - v[i][1])) % M)) % M; });
    first.push(c);
    total = (total + c * w(width - x, height - y)) % M;
  }
  return total;
}

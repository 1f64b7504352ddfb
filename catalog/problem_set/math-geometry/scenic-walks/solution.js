const MODULUS = 1000000007;

// a * b modulo the prime without passing 2^53: b is split into 15 low bits and the rest.
function times(a, b) {
  return (((a * Math.floor(b / 32768)) % MODULUS) * 32768 + a * (b % 32768)) % MODULUS;
}

function power(base, exponent) {
  if (exponent === 0) return 1;
  const half = power(base, Math.floor(exponent / 2));
  const square = times(half, half);
  return exponent % 2 === 1 ? times(square, base) : square;
}

function scenicWalks(width, height, scenic) {
  const limit = width + height;
  const factorial = [1];
  for (let n = 1; n <= limit; n++) factorial.push(times(factorial[n - 1], n));
  const inverse = new Array(limit + 1);
  inverse[limit] = power(factorial[limit], MODULUS - 2);
  for (let n = limit; n > 0; n--) inverse[n - 1] = times(inverse[n], n);

  function walks(right, up) {
    if (right < 0 || up < 0) return 0;
    return times(factorial[right + up], times(inverse[right], inverse[up]));
  }

  const views = [...scenic].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const first = []; // walks that meet this view before any other
  let total = 0;
  for (const [x, y] of views) {
    let count = walks(x, y);
    first.forEach((earlier, i) => {
      count = (count + MODULUS - times(earlier, walks(x - views[i][0], y - views[i][1]))) % MODULUS;
    });
    first.push(count);
    total = (total + times(count, walks(width - x, height - y))) % MODULUS;
  }
  return total;
}

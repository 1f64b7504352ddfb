// expect: wrong_answer; family: off-by-one
// A difference of exactly the limit does not count on the lower side.
// Number of pairs whose difference is at most `limit`; both lists ascending.
function beatsUpTo(limit, first, second) {
  let low = 0;
  let high = 0;
  let count = 0;
  for (const fork of first) {
    while (high < second.length && second[high] <= fork + limit) {
      high += 1;
    }
    while (low < high && second[low] <= fork - limit) {
      low += 1;
    }
    count += high - low;
  }
  return count;
}

function kthBeat(first, second, k) {
  const left = [...first].sort((a, b) => a - b);
  const right = [...second].sort((a, b) => a - b);
  let low = 0;
  let high = Math.max(left.at(-1) - right[0], right.at(-1) - left[0]);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (beatsUpTo(middle, left, right) >= k) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

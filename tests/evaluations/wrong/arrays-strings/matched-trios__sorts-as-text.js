// expect: wrong_answer; family: order
// `sort` without a comparison sorts numbers as text.
function countCloseTrios(heights, gap) {
  heights.sort();
  let trios = 0;
  let first = 0;
  for (let t = 0; t < heights.length; t += 1) {
    while (heights[t] - heights[first] > gap) first += 1;
    trios += ((t - first) * (t - first - 1)) / 2;
  }
  return trios;
}

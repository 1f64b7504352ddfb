// The part of the box in that quarter, in the coordinates of the smaller route; null if there is none.
function withinQuarter(quarter, half, box) {
  const left = quarter >= 2 ? half : 0;
  const bottom = quarter === 1 || quarter === 2 ? half : 0;
  const x1 = Math.max(box[0] - left, 0);
  const y1 = Math.max(box[1] - bottom, 0);
  const x2 = Math.min(box[2] - left, half - 1);
  const y2 = Math.min(box[3] - bottom, half - 1);
  if (x1 > x2 || y1 > y2) return null;
  if (quarter === 0) return [y1, x1, y2, x2];
  if (quarter === 3) return [half - 1 - y2, half - 1 - x2, half - 1 - y1, half - 1 - x1];
  return [x1, y1, x2, y2];
}

function extreme(order, box, quarters) {
  if (order === 0) return 0;
  const half = 2 ** (order - 1);
  for (const quarter of quarters) {
    const part = withinQuarter(quarter, half, box);
    if (part !== null) return quarter * half * half + extreme(order - 1, part, quarters);
  }
  throw new RangeError("the box is empty");
}

function firstAndLast(order, district) {
  return [extreme(order, district, [0, 1, 2, 3]), extreme(order, district, [3, 2, 1, 0])];
}

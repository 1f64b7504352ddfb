function countColours(rows, columns, strokes) {
  const counts = new Array(10).fill(0);
  const paintedRows = new Set();
  const paintedColumns = new Set();
  for (let i = strokes.length - 1; i >= 0; i -= 1) {
    const [direction, index, colour] = strokes[i];
    if (direction === 0 && !paintedRows.has(index)) {
      paintedRows.add(index);
      counts[colour] += columns - paintedColumns.size;
    } else if (direction === 1 && !paintedColumns.has(index)) {
      paintedColumns.add(index);
      counts[colour] += rows - paintedRows.size;
    }
  }
  counts[0] = (rows - paintedRows.size) * (columns - paintedColumns.size);
  return counts;
}

// expect: wrong_answer; family: tie
// Of equally good gaps it takes the one of the first column.
// Steps from the marked cell, in a grid with a border of unreachable cells around it.
function distances(rows, mark) {
  const width = rows[0].length;
  const steps = Array.from({ length: rows.length + 2 }, () => new Array(width + 2).fill(Infinity));
  const row = rows.findIndex((cells) => cells.includes(mark));
  const todo = [[row + 1, rows[row].indexOf(mark) + 1]];
  steps[todo[0][0]][todo[0][1]] = 0;
  for (let head = 0; head < todo.length; head += 1) {
    const [i, j] = todo[head];
    for (const [y, x] of [[i + 1, j], [i - 1, j], [i, j + 1], [i, j - 1]]) {
      const inside = y >= 1 && y <= rows.length && x >= 1 && x <= width;
      if (inside && steps[y][x] === Infinity && rows[y - 1][x - 1] !== "#") {
        steps[y][x] = steps[i][j] + 1;
        todo.push([y, x]);
      }
    }
  }
  return steps;
}

function nearest(steps, row, column) {
  const i = row + 1;
  const j = column + 1;
  return Math.min(steps[i - 1][j], steps[i + 1][j], steps[i][j - 1], steps[i][j + 1]);
}

function bestGap(rows) {
  const fromStart = distances(rows, "S");
  const fromExit = distances(rows, "E");
  const row = rows.findIndex((cells) => cells.includes("E"));
  let best = [fromStart[row + 1][rows[row].indexOf("E") + 1], -1, -1];
  for (let j = 0; j < rows[0].length; j += 1) {
    for (let i = 0; i < rows.length; i += 1) {
      if (rows[i][j] === "#") {
        const through = nearest(fromStart, i, j) + nearest(fromExit, i, j) + 2;
        if (through < best[0]) {
          best = [through, i, j];
        }
      }
    }
  }
  return best[0] === Infinity ? [-1, -1, -1] : best;
}

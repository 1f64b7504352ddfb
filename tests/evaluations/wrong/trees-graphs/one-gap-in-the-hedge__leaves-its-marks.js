// expect: wrong_answer; family: mutation
// The walk from the start marks the grid itself, and its marks stop the walk from the exit.
function bestGap(rows) {
  const grid = rows.map((row) => [...row]);

  function walk(mark) {
    const y = rows.findIndex((row) => row.includes(mark));
    const steps = rows.map((row) => [...row].map(() => Infinity));
    const todo = [[y, rows[y].indexOf(mark)]];
    steps[todo[0][0]][todo[0][1]] = 0;
    for (const [i, j] of todo) {
      for (const [k, l] of [[i + 1, j], [i - 1, j], [i, j + 1], [i, j - 1]]) {
        if (grid[k]?.[l] !== "#" && grid[k]?.[l] !== "x" && grid[k]?.[l] && steps[k][l] === Infinity) {
          steps[k][l] = steps[i][j] + 1;
          grid[k][l] = "x";
          todo.push([k, l]);
        }
      }
    }
    return steps;
  }

  const [fromStart, fromExit] = [walk("S"), walk("E")];
  const nearest = (steps, i, j) =>
    Math.min(...[[i + 1, j], [i - 1, j], [i, j + 1], [i, j - 1]].map(([k, l]) => steps[k]?.[l] ?? Infinity));
  const exit = rows.findIndex((row) => row.includes("E"));
  let best = [fromStart[exit][rows[exit].indexOf("E")], -1, -1];
  rows.forEach((row, i) => {
    [...row].forEach((cell, j) => {
      if (cell !== "#") return;
      const through = nearest(fromStart, i, j) + nearest(fromExit, i, j) + 2;
      if (through < best[0]) best = [through, i, j];
    });
  });
  return best[0] === Infinity ? [-1, -1, -1] : best;
}

// expect: wrong_answer; family: state
// A regular expression with the flag g goes on where its last match ended, in the next line too.
const STEPS = { N: [0, 1], E: [1, 0], S: [0, -1], W: [-1, 0] };
const STEP = /([NESW]) (\d+)/g;
const lines = require("fs").readFileSync(0, "utf8").split("\n");
let [east, north, farthest] = [0, 0, 0];
for (const line of lines.slice(1, Number(lines[0]) + 1)) {
  const found = STEP.exec(line);
  if (found) {
    east += STEPS[found[1]][0] * Number(found[2]);
    north += STEPS[found[1]][1] * Number(found[2]);
    farthest = Math.max(farthest, Math.abs(east) + Math.abs(north));
  }
}
console.log(`${east} ${north}\n${farthest}`);

// expect: wrong_answer; family: off-by-one
// The end of `slice` is exclusive: the last step is left out.
const STEPS = { N: [0, 1], E: [1, 0], S: [0, -1], W: [-1, 0] };
const lines = require("fs").readFileSync(0, "utf8").split("\n");
let [east, north, farthest] = [0, 0, 0];
for (const line of lines.slice(1, Number(lines[0]))) {
  const [direction, metres] = line.trim().split(" ");
  east += STEPS[direction][0] * Number(metres);
  north += STEPS[direction][1] * Number(metres);
  farthest = Math.max(farthest, Math.abs(east) + Math.abs(north));
}
console.log(`${east} ${north}\n${farthest}`);

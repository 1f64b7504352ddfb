const STEPS = { N: [0, 1], E: [1, 0], S: [0, -1], W: [-1, 0] };

function report(text) {
  const lines = text.split("\n");
  let east = 0;
  let north = 0;
  let farthest = 0;
  for (const line of lines.slice(1, Number(lines[0]) + 1)) {
    const [direction, metres] = line.trim().split(" ");
    east += STEPS[direction][0] * Number(metres);
    north += STEPS[direction][1] * Number(metres);
    farthest = Math.max(farthest, Math.abs(east) + Math.abs(north));
  }
  return `${east} ${north}\n${farthest}`;
}

let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  text += chunk;
});
process.stdin.on("end", () => console.log(report(text)));

// expect: accepted; family: control; kind: stdio
const lines = require('readline').createInterface({ input: process.stdin });
lines.on('line', (line) => console.log(Number(line) ** 2));

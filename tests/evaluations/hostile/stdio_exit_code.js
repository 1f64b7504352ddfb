// expect: runtime_error; family: crash; kind: stdio
const n = Number(require('fs').readFileSync(0, 'utf8'));
console.log(n * n);
process.exit(2);

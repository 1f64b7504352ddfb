// expect: accepted; family: control; kind: stdio
const n = Number(require('fs').readFileSync('/dev/stdin', 'utf8'));
console.log(n * n);

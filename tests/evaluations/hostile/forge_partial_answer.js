// expect: runtime_error; kind: stdio
// Half an answer, then death: no answer.
const n = Number(require('fs').readFileSync(0, 'utf8'));
console.log(n * n);
require('fs').writeSync(3, 'Rnu');
process.abort();

// expect: runtime_error; kind: stdio
// Status 0 without the word that the program ended: not an answer, whatever was printed.
const n = Number(require('fs').readFileSync(0, 'utf8'));
require('fs').writeSync(1, `${n * n}\n`);
process.reallyExit(0);

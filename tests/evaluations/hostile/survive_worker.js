// expect: time_limit|memory_limit|runtime_error; kind: stdio; tests: 1
// A worker thread goes on when the program is done: it must end with its time.
const { Worker } = require('worker_threads');
const n = Number(require('fs').readFileSync(0, 'utf8'));
new Worker('for (;;);', { eval: true });
console.log(n * n);

// expect: accepted|memory_limit; family: control; kind: stdio
const { Worker, isMainThread } = require('worker_threads');
const n = Number(require('fs').readFileSync(0, 'utf8'));
const w = new Worker('require("worker_threads").parentPort.postMessage(1)', { eval: true });
w.on('message', () => console.log(n * n));

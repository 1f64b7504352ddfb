// expect: memory_limit|runtime_error|time_limit; kind: stdio; tests: 1; time: 10000
// Each worker has a heap of its own: all of them together must stay below the limit.
const { Worker } = require('worker_threads');
for (let k = 0; k < 50; k++)
  new Worker('const held = []; for (;;) held.push(new Array(10000).fill({}));', { eval: true, resourceLimits: { maxOldGenerationSizeMb: 1e5 } })
    .on('error', (problem) => { throw problem; });

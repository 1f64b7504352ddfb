// expect: memory_limit|runtime_error; kind: stdio; tests: 1; time: 10000
// V8's own limits can be lifted by the program; those of the kernel cannot.
const v8 = require('v8');
const found = (attempts) => {
  const done = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try { done.push(`${name}: ${JSON.stringify(attempt())}`.slice(0, 200)); } catch {}
  }
  return done;
};

found({
  heap: () => v8.setFlagsFromString('--max-old-space-size=100000'),
  stack: () => v8.setFlagsFromString('--stack-size=900'),
  limit: () => v8.setHeapSnapshotNearHeapLimit(1),
});
const held = [];
for (;;) held.push(Buffer.alloc(8 << 20, 1));

// expect: memory_limit; kind: stdio; tests: 1; time: 10000
const heap = [];
for (;;) heap.push(new Array(10000).fill({}));

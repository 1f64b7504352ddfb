// expect: memory_limit; family: memory; kind: stdio; tests: 1; time: 10000
const heap = [];
for (;;) heap.push(new Array(10000).fill({}));

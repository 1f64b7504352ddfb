// expect: memory_limit; tests: 1; time: 10000
function square(n) { const heap = []; for (;;) heap.push(new Array(10000).fill({ n })); }

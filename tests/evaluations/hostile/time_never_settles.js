// expect: runtime_error; tests: 1
async function square(n) { await new Promise(() => {}); return n * n; }

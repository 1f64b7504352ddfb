// expect: time_limit|runtime_error; tests: 1; time: 100
function square(n) { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); return n * n; }

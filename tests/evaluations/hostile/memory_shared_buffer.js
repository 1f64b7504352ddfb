// expect: memory_limit; tests: 1; time: 10000
function square(n) { const held = []; for (;;) held.push(new Uint8Array(new SharedArrayBuffer(16 << 20)).fill(1)); }

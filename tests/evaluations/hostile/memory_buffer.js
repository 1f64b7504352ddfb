// expect: memory_limit; tests: 1
function square(n) { const held = []; for (;;) held.push(new Uint8Array(16 << 20).fill(1)); }

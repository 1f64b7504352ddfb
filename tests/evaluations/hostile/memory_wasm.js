// expect: runtime_error; tests: 1; time: 10000
function square(n) { const held = []; for (;;) { const m = new WebAssembly.Memory({ initial: 256 }); new Uint8Array(m.buffer).fill(1); held.push(m); } }

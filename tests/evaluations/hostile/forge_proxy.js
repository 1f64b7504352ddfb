// expect: runtime_error; tests: 1
function square(n) { return new Proxy({}, { get() { throw new Error('no'); }, ownKeys() { throw new Error('no'); } }); }

// expect: runtime_error|wrong_answer|time_limit; tests: 1
function square(n) { return new Proxy({}, { get() { throw new Error('no'); }, ownKeys() { throw new Error('no'); } }); }

// expect: time_limit|memory_limit; tests: 1
function square(n) { const spin = () => Promise.resolve().then(spin); return spin(); }

// expect: time_limit; tests: 1; time: 100
function square(n) { return new Promise((resolve) => setTimeout(() => resolve(n * n), 3600 * 1000)); }

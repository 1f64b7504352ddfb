// expect: output_limit; tests: 1
function square(n) { for (let i = 0; i < 100; i++) { try { console.log('x'.repeat(100000)); } catch {} } return n * n; }

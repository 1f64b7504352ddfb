// expect: output_limit; tests: 1
function square(n) { for (;;) console.log('x'.repeat(100000)); }

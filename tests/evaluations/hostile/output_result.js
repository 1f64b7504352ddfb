// expect: output_limit; tests: 1
function square(n) { return 'x'.repeat(10_000_000); }

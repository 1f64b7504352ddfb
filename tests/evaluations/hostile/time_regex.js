// expect: time_limit; tests: 1
function square(n) { /(a|a)*$/.test('a'.repeat(40) + 'b'); return n * n; }

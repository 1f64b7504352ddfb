// expect: time_limit; tests: 1
for (;;);
function square(n) { return n * n; }

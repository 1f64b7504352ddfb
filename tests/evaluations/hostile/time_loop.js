// expect: time_limit; tests: 1
function square(n) { for (;;); }

// expect: runtime_error
null.x;
function square(n) { return n * n; }

// expect: runtime_error
function square(n) { return square(n); }

// expect: runtime_error
function square(n) { throw null; }

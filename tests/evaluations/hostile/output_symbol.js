// expect: runtime_error
function square(n) { return Symbol('x'); }

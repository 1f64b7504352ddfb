// expect: runtime_error
function cube(n) { return n ** 3; }

// expect: compile_error
function square(n) { return n *; }

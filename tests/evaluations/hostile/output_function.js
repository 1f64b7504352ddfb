// expect: runtime_error
function square(n) { return () => n * n; }

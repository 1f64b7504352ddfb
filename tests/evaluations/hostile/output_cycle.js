// expect: runtime_error
function square(n) { const a = []; a.push(a); return a; }

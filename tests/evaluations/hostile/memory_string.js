// expect: runtime_error|memory_limit; tests: 1; time: 10000
function square(n) { let s = 'x'; for (;;) { s += s; if (s.charCodeAt(s.length - 1) === 0) break; } return n; }

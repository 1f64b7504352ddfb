// expect: accepted
function square(n) { Promise.resolve().then(() => { for (;;); }); return n * n; }

// expect: accepted
function square(n) { setInterval(() => { for (let i = 0; i < 1e9; i++); }, 0); return n * n; }

// expect: wrong_answer; tests: 1
function square(n) { return { then(resolve, reject) { resolve(0); resolve(n * n); reject(new Error('x')); throw new Error('y'); } }; }

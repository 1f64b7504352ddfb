// expect: runtime_error; tests: 1
// Getters and conversions run while the answer is read: what they throw, and what they print, is not an answer.
function square(n) {
  const nasty = {
    get value() { console.log(n * n); throw 'accepted'; },
    toString() { return 'R'; }, valueOf() { return n * n; }, get then() { return undefined; },
  };
  return [nasty, n * n];
}

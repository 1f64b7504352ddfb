// expect: wrong_answer
// The harness reads the answer by index: a replaced iterator must not speak for it, and above all not claim that the
// source does not compile.
function square(n) {
  Array.prototype[Symbol.iterator] = function () {
    const forged = ['C', JSON.stringify({ type: 'Forged', message: 'no' })];
    let next = 0;
    return { next: () => ({ value: forged[next++], done: next > forged.length }) };
  };
  return 0;
}

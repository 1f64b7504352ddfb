// expect: runtime_error; tests: 1
// Every level makes the next one: the depth is bounded by the harness, not by the learner.
function square(n) {
  const endless = () => new Proxy({}, { ownKeys: () => ['next'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: (target, key) => (key === 'next' ? endless() : undefined) });
  return endless();
}

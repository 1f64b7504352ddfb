// expect: accepted
// A microtask that a test leaves behind may only ever run in its own context: it must not touch a later test.
function square(n) {
  const found = globalThis.left;
  const spread = () => Promise.resolve().then(() => { globalThis.left = n; Object.prototype.left = n; return spread(); });
  for (let k = 0; k < 3; k++) spread();
  return found === undefined ? n * n : 'an earlier test is still there';
}

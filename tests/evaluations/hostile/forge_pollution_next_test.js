// expect: accepted; family: tampering
function square(n) {
  const before = Object.prototype.seen || globalThis.seen || Array.seen;
  Object.prototype.seen = globalThis.seen = Array.seen = true;
  return before ? 'state was carried over' : n * n;
}

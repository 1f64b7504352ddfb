// expect: accepted; family: tampering
// With the stack nearly full the harness's own functions throw: the error must not be one of the harness's realm, whose
// prototypes the next test would share.
function square(n) {
  const seen = [];
  const calls = {
    setTimeout: () => setTimeout(() => {}, 1e6), clearTimeout: () => clearTimeout(1), log: () => console.log(''),
    clone: () => structuredClone([1]),
  };
  for (const name of Object.keys(calls)) {
    const dive = () => {
      try { calls[name](); } catch (problem) { if (!(problem instanceof Error)) seen.push(name); throw problem; }
      dive();
    };
    try { dive(); } catch (problem) { if (!(problem instanceof Error)) seen.push(name); }
  }
  return seen.length ? seen : n * n;
}

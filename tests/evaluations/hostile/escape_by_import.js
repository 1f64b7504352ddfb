// expect: accepted; family: tampering; tests: 2
// A refused import() rejects with an error of the harness's realm. Nothing that can be reached from it may be changed.
async function square(n) {
  const problem = await import('fs').catch((refused) => refused);
  const waiting = [Object.getPrototypeOf(problem), problem.constructor, problem.constructor.constructor], seen = new Set();
  const changed = [];
  while (waiting.length) {
    const thing = waiting.pop();
    if (thing === null || (typeof thing !== 'object' && typeof thing !== 'function') || seen.has(thing)) continue;
    seen.add(thing);
    if (Reflect.set(thing, 'seen', true) || !Object.isFrozen(thing)) changed.push(String(thing.name));
    for (const key of Reflect.ownKeys(thing)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(thing, key);
      waiting.push(value, get, set);
    }
    waiting.push(Object.getPrototypeOf(thing));
  }
  try { problem.constructor.constructor('return process')().exit(0); } catch {}
  return changed.length ? changed : n * n;
}

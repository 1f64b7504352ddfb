// expect: accepted; family: tampering
// Every place that contexts of one process share, or might: a test finds none that an earlier one has written to.
const tag = ((strings) => strings)`x`;
function square(n) {
  const places = {
    template: tag, pattern: RegExp, json: JSON, math: Math, atomics: Atomics, reflect: Reflect, intl: Intl, wasm: WebAssembly,
    symbol: Symbol, error: Error, promise: Promise, proxy: Proxy, global: globalThis, console, module, map: Map.prototype,
    array: Array.prototype, text: String.prototype, call: Function.prototype, timers: setTimeout, date: Date,
    iterator: Object.getPrototypeOf([][Symbol.iterator]()), generator: Object.getPrototypeOf(function* () {}),
    asynchronous: Object.getPrototypeOf(async () => {}), buffer: ArrayBuffer.prototype, weak: WeakRef.prototype,
  };
  const seen = [];
  for (const name of Object.keys(places)) {
    if (Object.hasOwn(places[name], 'carried')) seen.push(name);
    try { places[name].carried = true; } catch {}
  }
  if (RegExp.lastMatch === 'carried') seen.push('last match');
  /carried/.test('carried');
  return seen.length ? seen : n * n;
}

// expect: runtime_error; family: forging; tests: 2
// An uncaught error of a timer is printed by node itself, which calls this: no way to a verdict leads from there.
function square(n) {
  const custom = Symbol.for('nodejs.util.inspect.custom');
  const thrown = { [custom](depth, options, inspect) { inspect.constructor('return process')().exit(0); } };
  setTimeout(() => { throw thrown; }, 1);
  return new Promise(() => {});
}

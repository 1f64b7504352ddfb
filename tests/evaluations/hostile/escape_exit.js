// expect: runtime_error; family: forging
function square(n) {
  const found = [() => this.constructor.constructor('return process')(), () => console.log.constructor('return process')()];
  for (const way of found) { try { way().exit(0); } catch {} }
  throw new Error('no way out');
}

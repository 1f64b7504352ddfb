// expect: accepted
class Solver {
  #n;
  constructor(n) { this.#n = n; }
  run() { return this.#n ** 2; }
}
function square(n) { console.log('n', n, [1], { a: 1 }); return new Solver(n).run(); }

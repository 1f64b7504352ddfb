// expect: accepted
// What a test leaves pending must not run while a later, asynchronous one waits: neither a loop nor a rejected promise.
function square(n) {
  if (n % 2 === 0) return new Promise((done) => setTimeout(() => done(n * n), 5));
  Promise.reject(new Error('left behind'));
  Promise.resolve().then(() => { for (;;); });
  return n * n;
}

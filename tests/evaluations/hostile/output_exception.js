// expect: runtime_error
// A message and a stack of many megabytes: cut before they leave.
function square(n) {
  const problem = new Error('x'.repeat(2e7), { cause: new Error('y'.repeat(1e6)) });
  problem.stack = 'z'.repeat(2e7);
  throw problem;
}

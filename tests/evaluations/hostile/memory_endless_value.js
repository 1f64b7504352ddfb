// expect: memory_limit|time_limit|runtime_error|output_limit; tests: 1; time: 3000
// The value has no end: what is spent on writing it down is the learner's.
function square(n) {
  const sparse = [];
  sparse.length = 4e9;
  return sparse;
}

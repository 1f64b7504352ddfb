// expect: accepted
function square(n) {
  return n * n;
}

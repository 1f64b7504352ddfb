// expect: accepted
const square = (n) => n * n;

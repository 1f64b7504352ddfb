// expect: accepted
const square = (n) => BigInt(n) * BigInt(n);

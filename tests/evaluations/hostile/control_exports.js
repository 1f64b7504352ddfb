// expect: accepted
module.exports = { square: (n) => n * n };

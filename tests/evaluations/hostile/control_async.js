// expect: accepted
const square = async (n) => {
  await new Promise((done) => setTimeout(done, 5));
  return n * n;
};

// expect: wrong_answer; family: duplicates
// Equal letters make plates that are counted twice.
function nameplate(letters, k) {
  // forgets that equal letters make equal plates only when they are neighbours in the input
  const rest = [...letters].sort();
  const fact = (n) => (n < 2 ? 1 : n * fact(n - 1));
  const count = () => {
    let c = fact(rest.length), run = 1;
    for (let i = 1; i < rest.length; i++) { run = rest[i] === rest[i - 1] ? run + 1 : 1; c /= run; }
    return c;
  };
  if (k >= count() + 1) return "";
  let plate = "";
  while (rest.length > 0) {
    for (let i = 0; i < rest.length; i++) {
      const [x] = rest.splice(i, 1);
      const b = count();
      if (k <= b) { plate += x; break; }
      k -= b;
      rest.splice(i, 0, x);
    }
  }
  return plate;
}

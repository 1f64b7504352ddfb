// expect: wrong_answer; family: other
// Different balances get the same key.
function balancedStretches(flowers, shortest) {
  const keys = ["00"];
  let a = 0;
  let b = 0;
  for (const f of flowers) {
    a += (f === "r") - (f === "g");
    b += (f === "g") - (f === "b");
    keys.push(String(Math.abs(a)) + String(Math.abs(b)));
  }
  const m = new Map();
  let n = 0;
  for (let e = shortest; e < keys.length; e += 1) {
    m.set(keys[e - shortest], (m.get(keys[e - shortest]) ?? 0) + 1);
    n += m.get(keys[e]) ?? 0;
  }
  return n;
}

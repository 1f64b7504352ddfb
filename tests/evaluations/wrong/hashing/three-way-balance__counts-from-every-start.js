// expect: time_limit; family: slow
// It counts again from every start.
function balancedStretches(flowers, shortest) {
  let stretches = 0;
  for (let start = 0; start < flowers.length; start += 1) {
    const count = { r: 0, g: 0, b: 0 };
    for (let end = start; end < flowers.length; end += 1) {
      count[flowers[end]] += 1;
      const balanced = count.r === count.g && count.g === count.b;
      if (balanced && end - start + 1 >= shortest) stretches += 1;
    }
  }
  return stretches;
}

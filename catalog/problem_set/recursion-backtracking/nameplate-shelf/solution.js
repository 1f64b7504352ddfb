function factorial(n) {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function arrangements(counts) {
  let total = 0;
  let repeats = 1;
  for (const count of counts.values()) {
    total += count;
    repeats *= factorial(count);
  }
  return factorial(total) / repeats; // both stay below 18!, which a double holds exactly
}

function nameplate(letters, k) {
  const counts = new Map();
  for (const letter of [...letters].sort()) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  if (k > arrangements(counts)) return "";
  let plate = "";
  while (plate.length < letters.length) {
    for (const [letter, count] of counts) {
      if (count === 0) continue;
      counts.set(letter, count - 1);
      const block = arrangements(counts);
      if (k <= block) {
        plate += letter;
        break;
      }
      k -= block;
      counts.set(letter, count);
    }
  }
  return plate;
}

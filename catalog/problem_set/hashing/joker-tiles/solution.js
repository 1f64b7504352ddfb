function copiesOfWord(tiles, word) {
  const have = countCharacters(tiles);
  const need = countCharacters(word);
  const jokers = have.get("*") ?? 0;
  let copies = 0;
  while (missing(have, need, copies + 1) <= jokers) copies += 1;
  return copies;
}

function countCharacters(text) {
  const counts = new Map();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return counts;
}

function missing(have, need, copies) {
  let sum = 0;
  for (const [letter, count] of need) sum += Math.max(0, count * copies - (have.get(letter) ?? 0));
  return sum;
}

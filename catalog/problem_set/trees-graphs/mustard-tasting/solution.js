function find(leader, start) {
  let mustard = start;
  while (leader[mustard] !== mustard) {
    leader[mustard] = leader[leader[mustard]];
    mustard = leader[mustard];
  }
  return mustard;
}

function mustardGrades(count, equal, milder) {
  const leader = Array.from({ length: count }, (_, mustard) => mustard);
  for (const [a, b] of equal) {
    leader[find(leader, a)] = find(leader, b);
  }
  const group = leader.map((_, mustard) => find(leader, mustard));
  const hotter = leader.map(() => []);
  const unsettled = new Array(count).fill(0);
  for (const [a, b] of milder) {
    hotter[group[a]].push(group[b]);
    unsettled[group[b]] += 1;
  }
  const grades = new Array(count).fill(1);
  const settled = [];
  for (let mustard = 0; mustard < count; mustard += 1) {
    if (group[mustard] === mustard && unsettled[mustard] === 0) {
      settled.push(mustard);
    }
  }
  for (let head = 0; head < settled.length; head += 1) {
    const mild = settled[head];
    for (const hot of hotter[mild]) {
      grades[hot] = Math.max(grades[hot], grades[mild] + 1);
      unsettled[hot] -= 1;
      if (unsettled[hot] === 0) {
        settled.push(hot);
      }
    }
  }
  return unsettled.some((left) => left > 0) ? [] : group.map((leading) => grades[leading]);
}

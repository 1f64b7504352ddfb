// expect: wrong_answer; family: mutation
// Going back takes the guest out of the plan but leaves the chair taken.
function seatGuests(guests, capacities, feuds) {
  const enemies = Array.from({ length: guests }, () => new Set());
  for (const [a, b] of feuds) {
    enemies[a].add(b);
    enemies[b].add(a);
  }
  const seated = capacities.map(() => []);
  const plan = [];

  function seatTheRest(guest) {
    if (guest === guests) return true;
    for (let table = 0; table < capacities.length; table += 1) {
      const full = seated[table].length >= capacities[table];
      if (full || seated[table].some((other) => enemies[guest].has(other))) continue;
      seated[table].push(guest);
      plan.push(table);
      if (seatTheRest(guest + 1)) return true;
      plan.pop();
    }
    return false;
  }

  return seatTheRest(0) ? plan : [];
}

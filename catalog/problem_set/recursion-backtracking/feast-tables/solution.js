function seatGuests(guests, capacities, feuds) {
  const seats = capacities.reduce((sum, capacity) => sum + capacity, 0);
  if (seats < guests) return [];
  const enemies = Array.from({ length: guests }, () => new Set());
  for (const [a, b] of feuds) {
    enemies[a].add(b);
    enemies[b].add(a);
  }
  const seated = capacities.map(() => []);
  const plan = [];

  function fits(guest, table) {
    return seated[table].length < capacities[table] && !seated[table].some((other) => enemies[guest].has(other));
  }

  function hopeless() {
    for (let guest = plan.length; guest < guests; guest++) {
      if (!capacities.some((_, table) => fits(guest, table))) return true;
    }
    return false;
  }

  function seatTheRest() {
    const guest = plan.length;
    if (guest === guests) return true;
    for (let table = 0; table < capacities.length; table++) {
      if (!fits(guest, table)) continue;
      seated[table].push(guest);
      plan.push(table);
      if (!hopeless() && seatTheRest()) return true;
      plan.pop();
      seated[table].pop();
    }
    return false;
  }

  return seatTheRest() ? plan : [];
}

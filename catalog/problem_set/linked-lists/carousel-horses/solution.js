function horsesReached(nextHorse, start, moves) {
  const order = [start];
  for (let horse = nextHorse[start]; horse !== start; horse = nextHorse[horse]) order.push(horse);
  let position = 0;
  return moves.map((steps) => {
    position = (position + steps) % order.length;
    return order[position];
  });
}

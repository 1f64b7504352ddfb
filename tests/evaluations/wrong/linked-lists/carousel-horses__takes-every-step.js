// expect: time_limit; family: slow
// It takes the steps of every move one by one.
function horsesReached(nextHorse, start, moves) {
  let horse = start;
  return moves.map((steps) => {
    for (let step = 0; step < steps; step += 1) horse = nextHorse[horse];
    return horse;
  });
}

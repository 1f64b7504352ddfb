function cheapestCrossing(tolls, vouchers) {
  const states = vouchers + 1;
  let above = tolls[0].map(() => new Array(states).fill(Infinity));
  above[0][0] = 0; // stands for the step into the first square
  for (const row of tolls) {
    let left = new Array(states).fill(Infinity);
    above = row.map((toll, column) => {
      const arrival = left.map((cost, used) => Math.min(cost, above[column][used]));
      left = arrival.map((cost, used) => Math.min(cost + toll, used > 0 ? arrival[used - 1] : Infinity));
      return left;
    });
  }
  return Math.min(...above[above.length - 1]);
}

function finalOrder(wagons, orders, show) {
  // Wagons and the sentinel 0 form a ring; turning the train round swaps the two directions.
  let ahead = Array.from({ length: wagons + 1 }, (_, wagon) => (wagon + 1) % (wagons + 1));
  let behind = Array.from({ length: wagons + 1 }, (_, wagon) => (wagon + wagons) % (wagons + 1));
  for (const order of orders) {
    if (order.length === 0) [ahead, behind] = [behind, ahead];
    else splice(ahead, behind, order);
  }
  const front = [];
  for (let wagon = ahead[0]; wagon !== 0 && front.length < show; wagon = ahead[wagon]) front.push(wagon);
  return front;
}

function splice(ahead, behind, [first, last, target]) {
  const before = behind[first];
  const after = ahead[last];
  ahead[before] = after;
  behind[after] = before;
  const following = ahead[target];
  ahead[target] = first;
  behind[first] = target;
  ahead[last] = following;
  behind[following] = last;
}

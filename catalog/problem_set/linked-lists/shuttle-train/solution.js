function wagonsAt(wagons, k, places) {
  const departed = departureOrder(wagons, k);
  return places.map((place) => departed[place - 1]);
}

function departureOrder(wagons, k) {
  const departed = [];
  let front = 0;
  let back = wagons.length;
  let atFront = true;
  while (front < back) {
    for (let left = Math.min(k, back - front); left > 0; left -= 1) {
      if (atFront) {
        departed.push(wagons[front]);
        front += 1;
      } else {
        back -= 1;
        departed.push(wagons[back]);
      }
    }
    atFront = !atFront;
  }
  return departed;
}

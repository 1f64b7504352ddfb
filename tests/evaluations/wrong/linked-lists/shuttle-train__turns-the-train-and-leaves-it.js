// expect: wrong_answer; family: mutation
// `reverse` turns the train itself; nobody turns it back for the next group at the front.
function wagonsAt(wagons, k, places) {
  const departed = [];
  for (let group = 0; wagons.length > 0; group += 1) {
    const source = group % 2 === 1 ? wagons.reverse() : wagons;
    departed.push(...source.splice(0, k));
  }
  return places.map((place) => departed[place - 1]);
}

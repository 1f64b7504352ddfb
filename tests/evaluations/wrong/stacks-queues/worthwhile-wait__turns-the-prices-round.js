// expect: wrong_answer; family: mutation
// `reverse` turns `prices` itself, and the days on the stack are then looked up in the turned list.
function worthwhileWait(prices, rise) {
  const days = [];
  let [waiting, unsold] = [0, 0];
  prices.reverse().forEach((price, turned) => {
    const day = prices.length - 1 - turned;
    while (days.length > 0 && prices[days.at(-1)] <= price) days.pop();
    const target = days.findLast((later) => prices[later] >= price + rise);
    if (target === undefined) unsold += 1;
    else waiting += target - day;
    days.push(day);
  });
  return [waiting, unsold];
}

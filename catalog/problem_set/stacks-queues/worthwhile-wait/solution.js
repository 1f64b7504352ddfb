function worthwhileWait(prices, rise) {
  const days = []; // later days worth considering: prices fall from bottom to top
  let waiting = 0;
  let unsold = 0;
  for (let day = prices.length - 1; day >= 0; day -= 1) {
    while (days.length > 0 && prices[days.at(-1)] <= prices[day]) {
      days.pop();
    }
    let low = 0;
    let high = days.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (prices[days[middle]] >= prices[day] + rise) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low > 0) {
      waiting += days[low - 1] - day;
    } else {
      unsold += 1;
    }
    days.push(day);
  }
  return [waiting, unsold];
}

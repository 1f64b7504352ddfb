function hirePrice(minutes, member) {
  if (minutes === 0) return 0;
  let price = member ? 0 : 4;
  if (minutes > 10) price += 2 * (Math.min(minutes, 60) - 10);
  if (minutes > 60) price += minutes - 60;
  return price;
}

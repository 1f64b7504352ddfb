function daysToSave(goal) {
  let saved = 0;
  let day = 0;
  while (saved < goal) {
    day += 1;
    if (day % 7 !== 0) saved += day;
  }
  return day;
}

// expect: wrong_answer; family: other
// It walks on where the next hut is too far away.
function fewestDays(gaps, daily) {
  let days = 0;
  let today = daily; // as if a day had just ended: the first gap begins day 1
  for (const gap of gaps) {
    if (today + gap > daily) {
      days += 1;
      today = 0;
    }
    today += gap;
  }
  return days;
}

// Number of entries of the ascending list that are at most `value`.
function countUpTo(list, value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Requests [end, start, need] on a time line from which the booked minutes are cut out.
function withoutBooked(requests, booked) {
  const intervals = [...booked].sort((a, b) => a[0] - b[0]);
  const starts = intervals.map(([start]) => start);
  const before = [0]; // before[i]: booked minutes in the first i intervals
  for (const [start, end] of intervals) {
    before.push(before.at(-1) + end - start);
  }
  const unbookedUntil = (minute) => {
    const count = countUpTo(starts, minute);
    const running = count > 0 ? Math.max(0, intervals[count - 1][1] - minute) : 0;
    return minute - before[count] + running;
  };
  return requests
    .map(([start, end, need]) => {
      const left = unbookedUntil(start);
      const right = unbookedUntil(end);
      return [right, left, need - (end - start - (right - left))];
    })
    .filter(([, , need]) => need > 0);
}

function extraMinutes(requests, booked) {
  const starts = []; // blocks of extra minutes, disjoint and ascending
  const ends = [];
  const before = [0]; // before[i]: minutes in the first i blocks
  for (const [end, start, need] of withoutBooked(requests, booked).sort((a, b) => a[0] - b[0])) {
    const first = countUpTo(ends, start);
    let served = before.at(-1) - before[first];
    if (first < ends.length) {
      served -= Math.max(0, start - starts[first]);
    }
    if (served < need) {
      const total = before.at(-1) + need - served;
      let begin = end - (need - served);
      while (ends.length > 0 && ends.at(-1) >= begin) {
        begin -= ends.pop() - starts.pop();
        before.pop();
      }
      starts.push(begin);
      ends.push(end);
      before.push(total);
    }
  }
  return before.at(-1);
}

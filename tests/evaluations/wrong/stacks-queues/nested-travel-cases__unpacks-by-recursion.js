// expect: runtime_error; family: recursion
// One call for each case that is open: cases packed deep enough exhaust the stack.
function firstPackingMistake(log) {
  let place = 0;

  function unpack(kind) {
    while (place < log.length) {
      const mark = log[place];
      place += 1;
      if (mark !== mark.toUpperCase()) return mark.toUpperCase() === kind ? 0 : place;
      const mistake = unpack(mark);
      if (mistake) return mistake;
    }
    return kind === "" ? 0 : log.length + 1;
  }

  return unpack("");
}

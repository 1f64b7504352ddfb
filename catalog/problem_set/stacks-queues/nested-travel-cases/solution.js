function firstPackingMistake(log) {
  const openCases = [];
  for (let i = 0; i < log.length; i += 1) {
    const kind = log[i].toUpperCase();
    if (log[i] === kind) {
      openCases.push(kind);
    } else if (openCases.pop() !== kind) {
      return i + 1;
    }
  }
  return openCases.length > 0 ? log.length + 1 : 0;
}

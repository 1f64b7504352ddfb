function lampChanges(n) {
  let changes = 0;
  while (n > 0) {
    changes += n;
    n = Math.floor(n / 2); // >> would cut to 32 bits
  }
  return changes;
}

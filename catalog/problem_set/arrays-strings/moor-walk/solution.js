function longestWalk(path, energy) {
  const effort = { "=": 0, ".": 1, "~": 3 };
  let longest = 0;
  let start = 0;
  let used = 0;
  for (let end = 0; end < path.length; end += 1) {
    used += effort[path[end]];
    while (used > energy) {
      used -= effort[path[start]];
      start += 1;
    }
    longest = Math.max(longest, end - start + 1);
  }
  return longest;
}

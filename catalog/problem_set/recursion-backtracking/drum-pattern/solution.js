const EXCHANGED = { D: "R", R: "D", "-": "-" };

function beatAt(level, k) {
  if (level === 1) return "D";
  const middle = 2 ** (level - 1);
  if (k === middle) return "-";
  if (k < middle) return beatAt(level - 1, k);
  return EXCHANGED[beatAt(level - 1, k - middle)];
}

function misfiledCards(tree) {
  if (tree.length === 0) {
    return 0;
  }
  const cards = [[tree[0], -Infinity, Infinity]];
  let entry = 1;
  let misfiled = 0;
  for (let i = 0; i < cards.length; i += 1) {
    const [card, low, high] = cards[i];
    misfiled += low < card && card < high ? 0 : 1;
    const left = tree[entry] ?? null;
    const right = tree[entry + 1] ?? null;
    entry += 2;
    if (left !== null) {
      cards.push([left, low, Math.min(high, card)]);
    }
    if (right !== null) {
      cards.push([right, Math.max(low, card), high]);
    }
  }
  return misfiled;
}

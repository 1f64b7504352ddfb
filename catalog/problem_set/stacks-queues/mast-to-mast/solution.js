function totalCableDrop(masts) {
  const visible = []; // [height, how many masts of it], heights falling
  let total = 0;
  for (const height of masts) {
    while (visible.length > 0 && visible.at(-1)[0] < height) {
      const [lower, count] = visible.pop();
      total += (height - lower) * count;
    }
    const equal = visible.length > 0 && visible.at(-1)[0] === height ? visible.pop()[1] : 0;
    if (visible.length > 0) {
      total += visible.at(-1)[0] - height;
    }
    visible.push([height, equal + 1]);
  }
  return total;
}

function turnQuilt(patches, turns) {
  let quilt = patches;
  const quarterTurns = ((turns % 4) + 4) % 4;
  for (let turn = 0; turn < quarterTurns; turn += 1) {
    const turned = [];
    for (let column = 0; column < quilt[0].length; column += 1) {
      let row = "";
      for (let old = quilt.length - 1; old >= 0; old -= 1) row += quilt[old][column];
      turned.push(row);
    }
    quilt = turned;
  }
  return quilt;
}

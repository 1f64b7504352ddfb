function scoreDuels(red, blue) {
  let redWins = 0;
  let draws = 0;
  let blueWins = 0;
  let weaker = 0;
  let notStronger = 0;
  for (const strength of red) {
    while (weaker < blue.length && blue[weaker] < strength) weaker += 1;
    while (notStronger < blue.length && blue[notStronger] <= strength) notStronger += 1;
    redWins += weaker;
    draws += notStronger - weaker;
    blueWins += blue.length - notStronger;
  }
  return [redWins, draws, blueWins];
}

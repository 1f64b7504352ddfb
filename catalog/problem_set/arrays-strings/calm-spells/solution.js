function countCalmSpells(temperatures, wobble) {
  const warmest = [];
  const coldest = [];
  let warmFront = 0;
  let coldFront = 0;
  let spells = 0;
  let start = 0;
  temperatures.forEach((temperature, day) => {
    while (warmest.length > warmFront && temperatures[warmest[warmest.length - 1]] <= temperature) warmest.pop();
    warmest.push(day);
    while (coldest.length > coldFront && temperatures[coldest[coldest.length - 1]] >= temperature) coldest.pop();
    coldest.push(day);
    while (temperatures[warmest[warmFront]] - temperatures[coldest[coldFront]] > wobble) {
      start += 1;
      if (warmest[warmFront] < start) warmFront += 1;
      if (coldest[coldFront] < start) coldFront += 1;
    }
    spells += day - start + 1;
  });
  return spells;
}

function loavesReady(ovens, minute) {
  let ready = 0;
  for (const [warmup, period] of ovens) {
    if (minute > warmup) {
      ready += Math.floor((minute - warmup) / period);
    }
  }
  return ready;
}

function earliestMinute(ovens, loaves) {
  let tooEarly = 0;
  let enough = Math.min(...ovens.map(([warmup, period]) => warmup + period * loaves));
  while (enough - tooEarly > 1) {
    const middle = Math.floor((tooEarly + enough) / 2);
    if (loavesReady(ovens, middle) >= loaves) {
      enough = middle;
    } else {
      tooEarly = middle;
    }
  }
  return enough;
}

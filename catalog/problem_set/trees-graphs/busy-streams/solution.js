function busyStreams(back, least) {
  const fedBy = new Array(back.length).fill(0);
  for (let stream = back.length - 1; stream >= 0; stream -= 1) {
    if (back[stream] !== 0) {
      fedBy[stream - back[stream]] += fedBy[stream] + 1;
    }
  }
  return fedBy.filter((count) => count >= least).length;
}

function fewestPackets(packets, load) {
  const unreachable = packets.length + 1;
  const best = new Array(load + 1).fill(unreachable);
  best[0] = 0;
  for (const weight of packets) {
    for (let total = load; total >= weight; total--) {
      best[total] = Math.min(best[total], best[total - weight] + 1);
    }
  }
  return best[load] < unreachable ? best[load] : -1;
}

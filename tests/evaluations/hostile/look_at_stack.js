// expect: accepted
// The frames of the harness below a test: neither their functions nor their `this` may be had, nor the caller's arguments.
function square(n) {
  const seen = [];
  Error.prepareStackTrace = (problem, sites) => sites;
  for (const site of new Error().stack) {
    if (site.getFileName() === 'solution.js') continue;
    if (site.getThis() !== undefined) seen.push(`this of ${site.getFunctionName()}`);
    if (site.getFunction() !== undefined) seen.push(`function ${site.getFunctionName()}`);
  }
  try { if (square.caller) seen.push('caller'); } catch {}
  try { if (arguments.callee.caller) seen.push('caller by arguments'); } catch {}
  return seen.length ? seen : n * n;
}

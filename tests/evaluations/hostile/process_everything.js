// expect: accepted; kind: stdio
// No process is started, replaced, signalled, traced or given other rights.
const fs = require('fs');
const found = (attempts) => {
  const done = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try { done.push(`${name}: ${JSON.stringify(attempt())}`.slice(0, 200)); } catch {}
  }
  return done;
};

const n = Number(fs.readFileSync(0, 'utf8'));
const children = require('child_process');
process.on('uncaughtException', () => {});
const other = process.ppid || 1;
const started = (child) => { if (child.error || !child.pid) throw new Error('no process'); return child.pid; };
const done = found({
  spawn: () => started(children.spawnSync(process.execPath, ['-e', '1'])),
  shell: () => children.execSync('id').toString(),
  file: () => children.execFileSync('/bin/sh', ['-c', 'id']).toString(),
  detached: () => started(children.spawn('/bin/node', ['-e', 'for(;;);'], { detached: true, stdio: 'ignore' })),
  fork: () => started(children.fork('/solution.js')),
  cluster: () => { const worker = require('cluster').fork(); return started(worker.process); },
  parent: () => process.kill(other, 0), init: () => process.kill(1, process.pid === 1 ? 99 : 'SIGKILL'),
  everyone: () => process.kill(-1, 'SIGKILL'), group: () => process.kill(-other, 'SIGKILL'),
  debug: () => { process._debugProcess(other); return 'signalled'; },
  root: () => process.setuid(0) || 'root', group0: () => process.setgid(0) || 'root', groups: () => process.setgroups([0]) || 'root',
  nicer: () => require('os').setPriority(0, -10) || 'nicer',
});
console.log(done.length ? done.join() : n * n);

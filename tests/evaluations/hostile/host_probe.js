// expect: accepted; kind: stdio
// What tells of the machine and of its other processes: processors, network, users, processes, the worker's command line.
const fs = require('fs');
const os = require('os');
const found = (attempts) => {
  const done = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try { done.push(`${name}: ${JSON.stringify(attempt())}`.slice(0, 200)); } catch {}
  }
  return done;
};

const n = Number(fs.readFileSync(0, 'utf8'));
const wanted = (value, isKnown) => { if (!isKnown) throw new Error('not known'); return value; };
const done = found({
  processors: () => wanted(os.cpus().length, os.cpus().length),
  network: () => wanted(os.networkInterfaces(), Object.keys(os.networkInterfaces()).length),
  user: () => os.userInfo().username,
  priority: () => os.getPriority(process.ppid || 1),
  parent: () => wanted(process.kill(process.ppid || 1, 0), true),
  release: () => fs.readFileSync('/etc/os-release', 'utf8'),
  cpuinfo: () => fs.readFileSync('/proc/cpuinfo', 'utf8'),
  cgroup: () => fs.readFileSync('/proc/self/cgroup', 'utf8'),
  log: () => fs.readFileSync('/dev/kmsg'),
  interfaces: () => wanted(1, process.report.getReport().header.networkInterfaces?.length),
  zone: () => wanted(process.env.TZ, process.env.TZ !== 'UTC'),
  environment: () => wanted(1, Object.keys(process.report.getReport().environmentVariables).length > 3),
});
console.log(done.length ? done.join() : n * n);

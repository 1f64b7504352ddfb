// expect: accepted; kind: stdio
// No file of the host, no listing, nothing written, linked, watched or changed, whichever call is used.
const fs = require('fs');
const found = (attempts) => {
  const done = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try { done.push(`${name}: ${JSON.stringify(attempt())}`.slice(0, 200)); } catch {}
  }
  return done;
};

const n = Number(fs.readFileSync(0, 'utf8'));
const attempts = {
  dlopen: () => process.dlopen({ exports: {} }, '/usr/lib/x86_64-linux-gnu/libnss_files.so.2'),
  module: () => require('/work/index.js'),
  report: () => { const path = process.report.writeReport('/tmp/report.json'); if (!path) throw new Error(); return path; },
  snapshot: () => require('v8').writeHeapSnapshot('/tmp/heap'),
  descriptors: () => { for (let fd = 3; fd < 64; fd++) { try { fs.writeSync(fd, ''); fs.fchmodSync(fd, 0); return fd; } catch {} } throw new Error(); },
  chroot: () => process.chdir('/proc/self/root/etc'),
};
for (const path of ['/etc/passwd', '/etc/shadow', '/proc/self/environ', '/proc/self/maps', '/proc/1/environ', '/dev/mem', '/root/.bashrc',
  '/sys/kernel/notes', '/var/log/syslog', '/proc/self/fd/0', '/dev/fd/1', '/dev/tty', '/dev/null']) {
  attempts[`read ${path}`] = () => fs.readFileSync(path).length;
  attempts[`open ${path}`] = () => fs.openSync(path, 'r+');
}
for (const path of ['/etc', '/home', '/root', '/proc', '/sys', '/dev', '/tmp', '/var', '/work'])
  attempts[`list ${path}`] = () => fs.readdirSync(path).filter((name) => !['.pyenv', 'lib'].includes(name))[0].length;
for (const path of ['/tmp/x', '/x', 'x', '/bin/node', '/usr/lib/x', '/dev/shm/x']) {
  attempts[`write ${path}`] = () => fs.writeFileSync(path, 'x') || 'written';
  attempts[`append ${path}`] = () => fs.appendFileSync(path, 'x') || 'written';
  attempts[`make ${path}`] = () => fs.mkdirSync(path + 'd') || 'made';
  attempts[`link ${path}`] = () => fs.symlinkSync('/etc/passwd', path + 'l') || 'linked';
  attempts[`remove ${path}`] = () => fs.rmSync(path) || 'removed';
  attempts[`mode ${path}`] = () => fs.chmodSync(path, 0o777) || 'changed';
}
const done = found(attempts);
console.log(done.length ? done.join() : n * n);

// expect: accepted; kind: stdio
// No socket of any family, no name looked up, no port open, no debugger listening.
const fs = require('fs');
const found = (attempts) => {
  const done = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try { done.push(`${name}: ${JSON.stringify(attempt())}`.slice(0, 200)); } catch {}
  }
  return done;
};

const n = Number(fs.readFileSync(0, 'utf8'));
const answers = [];
const told = (name) => (problem) => { if (!problem || !problem.code) answers.push(name); };
process.on('uncaughtException', () => {});
const net = require('net');
for (const place of [{ port: 80, host: '127.0.0.1' }, { port: 80, host: '::1' }, { path: '/run/docker.sock' }, { path: '\0abstract' }])
  found({ connect: () => { net.connect(place, told(`connected ${JSON.stringify(place)}`)).on('error', told('odd')); } });
found({ listen: () => { net.createServer().on('error', told('odd')).listen(0, () => answers.push('listening')); } });
found({ udp: () => { require('dgram').createSocket('udp4').on('error', told('odd')).bind(0, () => answers.push('bound')); } });
require('dns').lookup('localhost', told('looked up'));
require('dns').resolve('example.org', told('resolved'));
require('http').get('http://127.0.0.1/', told('http')).on('error', told('odd'));
const done = found({
  debugger: () => { const debug = require('inspector'); debug.open(0); if (!debug.url()) throw new Error(); return debug.url(); },
});
setTimeout(() => { fs.writeSync(1, [...done, ...answers].join() || String(n * n)); process.exit(0); }, 30);

// expect: accepted; family: environment; kind: stdio
const n = Number(require('fs').readFileSync(0, 'utf8'));
const extra = Object.keys(process.env).filter((k) => !['TZ', 'LD_LIBRARY_PATH', 'OPENSSL_CONF'].includes(k));
console.log(extra.length ? extra.join() : n * n);

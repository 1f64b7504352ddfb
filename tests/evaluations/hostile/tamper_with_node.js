// expect: accepted; kind: stdio
// Everything that a program of node can replace: the next test is another process and must find it as new.
const fs = require('fs');
const places = [process, fs, console, Buffer, Object.prototype, Array.prototype, Function.prototype, require.cache || {}, globalThis];
const seen = places.filter((place) => Object.hasOwn(place, 'carried')).length;
const n = Number(fs.readFileSync(0, 'utf8'));
console.log(seen ? 'state was carried over' : n * n);
for (const place of places) Object.defineProperty(place, 'carried', { value: true, enumerable: false });
JSON.stringify = () => 'forged';

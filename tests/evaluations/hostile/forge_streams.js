// expect: runtime_error; kind: stdio; tests: 1
// Every descriptor, replaced streams and replaced methods: the square is never printed, so it is never accepted.
const fs = require('fs');
process.stdout.write = () => true;
console.log = () => {};
JSON.stringify = () => '{"verdict":"accepted"}';
for (let fd = 0; fd < 64; fd++) { try { fs.writeSync(fd, 'S Rnull accepted'); } catch {} }
process.exitCode = 0;

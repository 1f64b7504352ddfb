// expect: runtime_error; kind: stdio; tests: 1
// The one path that may be executed is known by its address: node's own execve has another. (It aborts when refused.)
if (!process.execve) throw new Error('not in this version of node');
process.execve('/bin/sh', ['sh', '-c', 'echo 1000006000009']);

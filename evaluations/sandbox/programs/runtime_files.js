// Run by the node that is to be sandboxed: prints its version, the files it has mapped, and the data that RLIMIT_DATA counts.
'use strict';
const { readFileSync } = require('fs');
const lines = readFileSync('/proc/self/maps', 'utf8').split('\n').filter((line) => line.includes('/'));
const kb = Number(readFileSync('/proc/self/status', 'utf8').match(/VmData:\s*(\d+)/)[1]);
console.log(
  JSON.stringify({
    version: process.versions.node.split('.').map(Number),
    maps: [...new Set(lines.map((line) => line.slice(line.indexOf('/'))))],
    data_kb: kb,
  }),
);

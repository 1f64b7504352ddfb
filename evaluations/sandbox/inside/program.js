// Runs one program that speaks stdin and stdout. The source stands before the input in the memory file on descriptor 0:
// `length` bytes of it, read at an offset so that the program's own reading starts at its input.
'use strict';
(function (length) {
  const fs = require('fs');
  const vm = require('vm');
  const { readFileSync, readSync, writeSync } = fs;
  const exit = process.exit.bind(process);
  const say = (text) => writeSync(3, text);
  const describe = (problem) => {
    const known = problem && typeof problem.stack === 'string';
    const report = known
      ? { type: String(problem.name), message: String(problem.message), stack: problem.stack.slice(0, 4000) }
      : { type: 'Error', message: 'thrown: ' + String(problem), stack: '' };
    report.message = report.message.slice(0, 1000);
    return 'E' + JSON.stringify(report);
  };
  const buffer = Buffer.alloc(length);
  for (let offset = 0; offset < length; ) offset += readSync(0, buffer, offset, length - offset, null);
  // /dev/stdin does not exist in the sandbox, and is what many solutions read.
  fs.readFileSync = (path, ...rest) => readFileSync(path === '/dev/stdin' ? 0 : path, ...rest);
  const names = ['require', 'module', 'exports', '__filename', '__dirname'];
  let main;
  try {
    main = vm.compileFunction(buffer.toString('utf8'), names, { filename: 'solution.js' });
  } catch (problem) {
    say('C' + describe(problem).slice(1));
    exit(0);
  }
  let failed = false;
  const fail = (problem) => {
    if (!failed) say(describe(problem));
    failed = true;
    exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('exit', (code) => {
    if (!failed && !code) say('Rnull');
  });
  say('S');
  const module = { exports: {} };
  main.call(module.exports, require, module, module.exports, 'solution.js', '/');
})(SOURCE_LENGTH);

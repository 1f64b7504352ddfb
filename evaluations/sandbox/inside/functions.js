// Runs the tests of a function problem, one fresh context per test, in one process.
//
// Requests come on descriptor 0: nonce (32 hex digits), length (8 digits), JSON. The answer goes to descriptor 3 as one
// line that begins with the same nonce. Nothing here is secret but the nonce, and an answer is only an answer: the worker
// compares it outside. Objects of this realm never enter a context, so that a test has to break out to meet the harness.
'use strict';
const fs = require('fs');
const vm = require('vm');
const { read, write, exit, usage } = {
  read: fs.readSync,
  write: fs.writeSync,
  exit: process.exit.bind(process),
  usage: process.resourceUsage.bind(process),
};
const { stringify, parse } = JSON;
const later = { setTimeout, setInterval, clearTimeout, clearInterval };

function readExactly(length) {
  const buffer = Buffer.allocUnsafe(length);
  for (let offset = 0; offset < length; ) {
    const count = read(0, buffer, offset, length - offset, null);
    if (!count) exit(0);
    offset += count;
  }
  return buffer.toString('utf8');
}

function nextRequest() {
  const nonce = readExactly(32);
  return { nonce, text: readExactly(Number(readExactly(8))) };
}

function answer(nonce, message) {
  const line = Buffer.from(nonce + stringify({ ...message, kb: usage().maxRSS }) + '\n');
  for (let offset = 0; offset < line.length; ) offset += write(3, line, offset);
}

// Evaluated inside every context before the learner's code: what a test sees of the world, and how values are spoken.
const PRELUDE = `(function (host, outputLimit, maxDepth) {
  'use strict';
  const { stringify, parse } = JSON;
  const { isArray } = Array;
  const { keys } = Object;
  const state = { out: '', over: false, waiting: 0 };

  function number(value) {
    if (value !== value) return 'NaN';
    if (value === Infinity) return 'Infinity';
    if (value === -Infinity) return '-Infinity';
    if (value === 0) return '0';
    const exact = value > -9007199254740992 && value < 9007199254740992;
    return exact ? '' + value : value.toExponential();
  }

  function list(values, depth, above) {
    let text = '[';
    for (let i = 0; i < values.length; i++) text += (i ? ',' : '') + encode(values[i], depth, above);
    return text + ']';
  }

  function object(value, depth, above) {
    let text = '';
    for (const key of keys(value)) {
      if (value[key] === undefined) continue;
      text += (text ? ',' : '') + stringify(key) + ':' + encode(value[key], depth, above);
    }
    return '{' + text + '}';
  }

  function compound(value, depth, above) {
    if (depth > maxDepth) throw new TypeError('the returned value is nested deeper than ' + maxDepth + ' levels');
    if (above.has(value)) throw new TypeError('the returned value contains itself');
    above.add(value);
    let text;
    if (isArray(value) || ArrayBuffer.isView(value)) text = list(value, depth + 1, above);
    else if (value instanceof Set) text = list([...value], depth + 1, above);
    else if (value instanceof Map) text = object(Object.fromEntries(value), depth + 1, above);
    else if (typeof value.toJSON === 'function') text = encode(value.toJSON(), depth + 1, above);
    else if (value instanceof Number || value instanceof String || value instanceof Boolean)
      text = encode(value.valueOf(), depth + 1, above);
    else text = object(value, depth + 1, above);
    above.delete(value);
    return text;
  }

  function encode(value, depth, above) {
    if (value === null || value === undefined) return 'null';
    switch (typeof value) {
      case 'boolean': return value ? 'true' : 'false';
      case 'number': return number(value);
      case 'bigint': return value.toString();
      case 'string': return stringify(value);
      case 'object': return compound(value, depth, above);
      default: throw new TypeError('a value of type ' + typeof value + ' cannot be returned');
    }
  }

  function spoken(value) {
    if (typeof value === 'string') return value;
    try { return typeof value === 'function' ? '[Function]' : encode(value, 1, new Set()); }
    catch { return '[object]'; }
  }

  function print(...values) {
    if (state.out.length > outputLimit) { state.over = true; throw new Error('output limit exceeded'); }
    state.out += values.map(spoken).join(' ') + '\\n';
    if (state.out.length > outputLimit) state.over = true;
  }

  function describe(problem) {
    let type = 'Error', message = '', stack = '';
    try {
      if (problem instanceof Error || (problem && typeof problem.stack === 'string')) {
        type = '' + problem.name; message = '' + problem.message; stack = '' + problem.stack;
      } else message = 'thrown: ' + spoken(problem);
    } catch {}
    return stringify({ type: type.slice(0, 80), message: message.slice(0, 1000), stack: stack.slice(0, 4000) });
  }

  globalThis.console = { log: print, info: print, debug: print, warn: print, error: print };
  globalThis.setTimeout = (work, ms, ...rest) => host('setTimeout', () => work(...rest), +ms);
  globalThis.setInterval = (work, ms, ...rest) => host('setInterval', () => work(...rest), +ms);
  globalThis.clearTimeout = (id) => { host('clear', null, +id); };
  globalThis.clearInterval = globalThis.clearTimeout;
  globalThis.queueMicrotask = (work) => { Promise.resolve().then(work); };
  globalThis.structuredClone = (value) => parse(encode(value, 1, new Set()));
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;
  globalThis.global = globalThis;

  function call(found, name, text, settle) {
    try {
      const entry = found == null ? module.exports[name] : found;
      if (typeof entry !== 'function')
        return ['E', stringify({ type: 'MissingEntryPoint', message: 'the code defines no function named ' + name, stack: '' })];
      const value = entry(...parse(text));
      if (value && typeof value === 'object' && typeof value.then === 'function') {
        value.then(
          (result) => { try { settle('R', encode(result, 1, new Set())); } catch (e) { settle('E', describe(e)); } },
          (problem) => settle('E', describe(problem)));
        return ['P', ''];
      }
      return ['R', encode(value, 1, new Set())];
    } catch (problem) {
      return ['E', describe(problem)];
    }
  }
  return { call, describe, state };
})`;

const prelude = new vm.Script(PRELUDE, { filename: 'prelude.js' });

function timers() {
  const live = new Map();
  let last = 0;
  const use = (kind, work, amount) => {
    if (kind === 'clear') {
      later.clearTimeout(live.get(amount));
      live.delete(amount);
      return 0;
    }
    live.set(++last, later[kind](work, amount));
    return last;
  };
  return { use, used: () => last > 0 };
}

function runTest(script, setup, request, done) {
  const clock = timers();
  const context = vm.createContext(Object.create(null), { codeGeneration: { strings: true, wasm: true } });
  const inner = prelude.runInContext(context)((k, w, n) => clock.use(k, w, n), setup.output_bytes, setup.max_depth);
  let settled = false;
  // `stale`: something of this test may still be pending in the process, so the next test gets a new one.
  const finish = (status, body, stale) => {
    if (settled) return;
    settled = true;
    done({ status: inner.state.over ? 'O' : status, body: '' + body, out: '' + inner.state.out, stale });
  };
  try {
    script.runInContext(context);
    const found = setup.lookup.runInContext(context);
    const [status, body] = inner.call(found, setup.entry_point, request.text, (s, b) => finish(s, b, true));
    if (status !== 'P') finish(status, body, clock.used());
  } catch (problem) {
    finish('E', inner.describe(problem), true);
  }
  return settled;
}

function main() {
  const first = nextRequest();
  const setup = parse(first.text);
  let script;
  try {
    script = new vm.Script(setup.source, { filename: 'solution.js' });
    setup.lookup = new vm.Script(`typeof ${setup.entry_point} === 'undefined' ? undefined : ${setup.entry_point}`);
  } catch (problem) {
    answer(first.nonce, { status: 'C', body: stringify({ type: problem.name, message: problem.message, stack: problem.stack }) });
    exit(0);
  }
  answer(first.nonce, { status: 'S', body: '' });
  const serve = () => {
    for (;;) {
      const request = nextRequest();
      let inside = true;
      const settled = runTest(script, setup, request, (message) => {
        answer(request.nonce, message);
        if (!inside) exit(0); // an asynchronous test ends its process
      });
      inside = false;
      if (!settled) return; // let the event loop turn until the promise settles
    }
  };
  serve();
}

main();

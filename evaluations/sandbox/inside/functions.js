// Runs the tests of a function problem, one fresh context per test, in one process.
//
// Requests come on descriptor 0: nonce (32 hex digits), length (8 digits), JSON. The answer goes to descriptor 3 as one
// line that begins with the same nonce. Nothing here is secret but the nonce, and an answer is only an answer: the worker
// compares it outside. Objects of this realm enter a context only as the errors of a refused `import()`; all that can be
// reached from one is frozen, so that not even they can carry anything from one test to the next.
// Written for Node.js 12: Judge0 runs it too (evaluations/judge0/programs.py).
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

function freezeAllReachableFrom(start) {
  const waiting = [start];
  while (waiting.length) {
    const value = waiting.pop();
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || Object.isFrozen(value)) continue;
    Object.freeze(value);
    waiting.push(Object.getPrototypeOf(value));
    const properties = Object.getOwnPropertyDescriptors(value);
    for (const key of Reflect.ownKeys(properties)) waiting.push(properties[key].value, properties[key].get, properties[key].set);
  }
}

// Evaluated inside every context before the learner's code: what a test sees of the world, and how values are spoken.
const PRELUDE = `(function (harness, outputLimit, maxDepth) {
  'use strict';
  const { stringify, parse } = JSON;
  const Overflow = RangeError;
  const { isArray } = Array;
  const { keys } = Object;
  const state = { out: '', over: false, waiting: 0 };

  // With a full stack the harness throws an error of its own realm, which must not be caught by a test.
  function host(kind, work, amount) {
    try { return harness(kind, work, amount); } catch { throw new Overflow('Maximum call stack size exceeded'); }
  }

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
      const part = value[key]; // read once: a getter may answer differently the next time
      if (part === undefined) continue;
      text += (text ? ',' : '') + stringify(key) + ':' + encode(part, depth, above);
    }
    return '{' + text + '}';
  }

  function map(entries, depth, above) {
    let text = '';
    for (const [key, part] of entries) {
      if ((typeof key === 'object' && key !== null) || typeof key === 'function' || typeof key === 'symbol')
        throw new TypeError('the keys of a returned Map must be text, numbers, booleans or null');
      if (part === undefined) continue;
      text += (text ? ',' : '') + stringify('' + key) + ':' + encode(part, depth, above);
    }
    return '{' + text + '}';
  }

  // What these hold is no property of theirs: they would be told as {}, which nobody meant.
  const mute = [Error, RegExp, Promise, WeakMap, WeakSet, typeof WeakRef === 'undefined' ? Map : WeakRef, ArrayBuffer, SharedArrayBuffer, DataView, Symbol, BigInt];

  function refuseMute(value) {
    for (const kind of mute)
      if (value instanceof kind) throw new TypeError('a value of type ' + kind.name + ' cannot be returned');
    if (typeof value.next === 'function' && typeof value[Symbol.iterator] === 'function')
      throw new TypeError('an iterator cannot be returned; return an array');
  }

  function compound(value, depth, above) {
    if (depth > maxDepth) throw new TypeError('the returned value is nested deeper than ' + maxDepth + ' levels');
    if (above.has(value)) throw new TypeError('the returned value contains itself');
    above.add(value);
    let text;
    if (isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) text = list(value, depth + 1, above);
    else if (value instanceof Set) text = list([...value], depth + 1, above);
    else if (value instanceof Map) text = map(value, depth + 1, above);
    else if (typeof value.toJSON === 'function') text = encode(value.toJSON(), depth + 1, above);
    else if (value instanceof Number || value instanceof String || value instanceof Boolean)
      text = encode(value.valueOf(), depth + 1, above);
    else {
      refuseMute(value);
      text = object(value, depth + 1, above);
    }
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
    try {
      if (value instanceof Error) return value.name + ': ' + value.message;
      return typeof value === 'function' ? '[Function]' : encode(value, 1, new Set());
    } catch { return '[object]'; }
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

  function call(found, name, text) {
    try {
      const entry = found == null ? module.exports[name] : found;
      if (typeof entry !== 'function')
        return ['E', stringify({ type: 'MissingEntryPoint', message: 'the code defines no function named ' + name, stack: '' })];
      const value = entry(...parse(text));
      if (value && typeof value === 'object' && typeof value.then === 'function') {
        value.then(
          (result) => {
            let said;
            try { said = encode(result, 1, new Set()); } catch (e) { host('settle', 'E', describe(e)); return; }
            host('settle', 'R', said);
          },
          (problem) => { host('settle', 'E', describe(problem)); });
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
    const id = ++last; // counted first: a timer that a full stack cuts off here still makes the process stale
    live.set(id, later[kind](work, amount));
    return id;
  };
  return { use, used: () => last > 0 };
}

// `fresh`: no test ran in this process before. An asynchronous one needs that: it lets the event loop turn, and so would
// run microtasks and meet rejected promises that earlier tests left behind.
function runTest(script, setup, request, fresh, done) {
  const clock = timers();
  const context = vm.createContext(Object.create(null), { codeGeneration: { strings: true, wasm: true } });
  const host = (kind, work, amount) => (kind === 'settle' ? finish(work, amount, true) : clock.use(kind, work, amount));
  const inner = prelude.runInContext(context)(host, setup.output_bytes, setup.max_depth);
  let settled = false;
  // `stale`: something of this test may still be pending in the process, so the next test gets a new one.
  const finish = (status, body, stale) => {
    if (settled) return 0;
    settled = true;
    const { over, out } = inner.state;
    done({ status: over ? 'O' : status === 'R' ? 'R' : 'E', body: '' + body, out: '' + out, stale });
    return 0;
  };
  const again = () => {
    settled = true;
    done({ status: 'A', body: '', out: '', stale: true });
  };
  try {
    script.runInContext(context);
    const found = setup.lookup.runInContext(context);
    const said = inner.call(found, setup.entry_point, request.text);
    // By index: destructuring would call the iterator of the context, which a test can replace.
    if (said[0] !== 'P') finish(said[0], said[1], clock.used());
    else if (!fresh && !settled) again();
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
  const serve = () => {
    for (let fresh = true; ; fresh = false) {
      const request = nextRequest();
      let inside = true;
      const settled = runTest(script, setup, request, fresh, (message) => {
        answer(request.nonce, message);
        if (!inside) exit(0); // an asynchronous test ends its process
      });
      inside = false;
      if (!settled) return; // let the event loop turn until the promise settles
    }
  };
  new vm.Script("import('none')").runInThisContext().catch((problem) => {
    freezeAllReachableFrom(problem);
    answer(first.nonce, { status: 'S', body: '' });
    setImmediate(serve);
  });
}

main();

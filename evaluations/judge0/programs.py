"""What a Judge0 runs: a submission's source code and the stdin of one test.

Programs (stdio) are sent as they are. Functions are called by a small program around the sandbox's own child
(`sandbox/inside`), so that values become JSON and tracebacks are cut in one way only. It reads a random marker and
the arguments from stdin, and writes to stdout, each time after a line break and the marker: nothing, before it
compiles the learner's code; whether that worked, before it runs; the answer. The marker keeps these apart from what
the learner's code prints; it is no secret from that code, for a forged answer is only an answer.

The programs must run on what Judge0 1.13 ships, Python 3.8 and Node.js 12.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from pathlib import Path

from evaluations.judge import Bundle
from evaluations.sandbox.runtimes import JAVASCRIPT

_INSIDE = Path(__file__).resolve().parent.parent / "sandbox" / "inside"
_PYTHON_CHILD = ("protocol", "values", "python_child")  # each imports those before it

# A fixed hash seed needs another start of the interpreter; an interpreter that may not be started again goes without.
_PYTHON_MAIN = """import base64, json, os, sys, types


def start_again_with_fixed_hashes():
    seeded = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "TZ": "UTC"}
    try:
        os.execve(sys.executable, [sys.executable, os.path.abspath(__file__)], seeded)
    except OSError:
        pass


def compile_with_lazy_annotations(source, name, mode, dont_inherit):
    import __future__

    return compile(source, name, mode, __future__.annotations.compiler_flag, dont_inherit)


def load(modules):
    package = sys.modules["inside"] = types.ModuleType("inside")
    package.__path__ = []
    for name, text in modules:
        module = sys.modules["inside." + name] = types.ModuleType("inside." + name)
        module.__package__ = "inside"
        setattr(package, name, module)
        exec(compile(text, name + ".py", "exec", dont_inherit=True), module.__dict__)
    return package.python_child


def main(setup):
    if os.getenv("PYTHONHASHSEED") != "0":
        start_again_with_fixed_hashes()
    child = load(setup["modules"])
    marker, _, arguments = sys.stdin.buffer.read().partition(b"\\n")
    marker = b"\\n" + marker
    os.write(1, marker)
    if sys.version_info < (3, 9):  # where list[int] is an error as soon as it is evaluated
        child.compile = compile_with_lazy_annotations
    compiled = child.compile_source(setup["source"])
    child.ANSWER_FD = 1
    if compiled[:1] != b"R":
        os.write(1, b"C" + compiled[1:] + b"\\n")
        return
    if "random" in setup["source"]:
        import random
    child.prepare()
    call = child.call_function
    child.speak(lambda: marker + call(compiled[1:], setup["entry_point"], arguments, setup["max_depth"]) + b"\\n")


main(json.loads(base64.b64decode("SETUP")))
"""

# The requests that the child reads from descriptor 0 in the sandbox come from memory here, and what it writes to
# descriptor 3 goes to stdout; the nonce that the child puts before each answer is the marker.
_JAVASCRIPT_MAIN = """'use strict';
(function (child, setup) {
  const fs = require('fs');
  const vm = require('vm');
  const { writeSync } = fs;
  process.env.TZ = 'UTC';
  require('v8').setFlagsFromString('--random-seed=1');
  const stdin = fs.readFileSync(0);
  const end = stdin.indexOf(10);
  const marker = stdin.toString('latin1', 0, end);
  const request = (body) => Buffer.concat([Buffer.from(marker + String(body.length).padStart(8, '0')), body]);
  let waiting = Buffer.concat([request(setup), request(stdin.slice(end + 1))]);
  fs.readSync = (descriptor, buffer, offset, length) => {
    const count = waiting.copy(buffer, offset, 0, length);
    waiting = waiting.slice(count);
    return count;
  };
  fs.writeSync = (descriptor, line, offset) => {
    const said = Buffer.concat([Buffer.from('\\n'), line.slice(offset)]);
    for (let done = 0; done < said.length; ) done += writeSync(1, said, done);
    return line.length - offset;
  };
  writeSync(1, '\\n' + marker);
  const run = vm.compileFunction(child.toString('utf8'), ['require'], { filename: 'functions.js' });
  run(require);
})(Buffer.from('CHILD', 'base64'), Buffer.from('SETUP', 'base64'));
"""


def source_of(bundle: Bundle, language: str, code: str, *, output_bytes: int) -> str:
    """The source code of every test's submission."""
    if bundle.kind == "stdio":
        return code
    setup = {
        "source": code,
        "entry_point": bundle.entry_point,
        "output_bytes": output_bytes,
        "max_depth": bundle.limits.depth,
    }
    if language == JAVASCRIPT:
        return _JAVASCRIPT_MAIN.replace("CHILD", _encoded(_child("functions.js"))).replace(
            "SETUP", _encoded(json.dumps(setup))
        )
    modules = [[name, _child(f"{name}.py")] for name in _PYTHON_CHILD]
    return _PYTHON_MAIN.replace("SETUP", _encoded(json.dumps({**setup, "modules": modules})))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@lru_cache
def _child(name: str) -> str:
    return (_INSIDE / name).read_text()


def stdin_of(bundle: Bundle, request: bytes, marker: str) -> bytes:
    """The input of a program, or the marker and a function's arguments."""
    return request if bundle.kind == "stdio" else marker.encode() + b"\n" + request

"""Judging without any protection: a plain interpreter for every test, its answer compared outside."""

import json
import subprocess
from typing import Any

from evaluations.comparison import same_output, same_value
from evaluations.judge import Bundle, TestCase
from evaluations.sandbox.runtimes import JAVASCRIPT, PYTHON, runtime_of

_CALL = {
    PYTHON: "\nimport json, sys\nprint(json.dumps({entry_point}(*json.load(sys.stdin))))\n",
    JAVASCRIPT: "\nconst given = JSON.parse(require('fs').readFileSync(0));\n"
    "process.stdout.write(JSON.stringify({entry_point}(...given)));\n",
}
# As bare as the sandbox's own: a shell that names certificates to node makes it twice as slow to start.
_ENVIRONMENT = {"PYTHONUTF8": "1"}
_FLAG = {PYTHON: "-c", JAVASCRIPT: "-e"}
_BARE = {PYTHON: ("-I", "-S", "-E", "-B", "-c", "pass"), JAVASCRIPT: ("-e", "0")}


def start_bare(language: str, times: int) -> None:
    """Start the interpreter that the sandbox uses and let it do nothing, one after the other."""
    executable = runtime_of(language).executable
    for _ in range(times):
        subprocess.run([executable, *_BARE[language]], check=True, env=_ENVIRONMENT)


def judge_naively(bundle: Bundle, language: str, code: str) -> int:
    """How many tests are passed; no checker, no limit but the wall clock. CalledProcessError when one crashes."""
    program = bundle.kind == "stdio"
    source = code if program else code + _CALL[language].format(entry_point=bundle.entry_point)
    command = [runtime_of(language).executable, _FLAG[language], source]
    return sum(_passes(bundle, test, command) for test in bundle.tests)


def _passes(bundle: Bundle, test: TestCase, command: list[str]) -> bool:
    program = bundle.kind == "stdio"
    given = test.input if program else json.dumps([test.input[name] for name in bundle.params])
    seconds = bundle.time_limit_ms / 1000 + 10
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=True, timeout=seconds, env=_ENVIRONMENT
    )
    if bundle.checker:
        return True
    if program:
        return same_output(test.expected, done.stdout, bundle.comparison)
    got: Any = json.loads(done.stdout)
    return same_value(test.expected, got, bundle.comparison)

"""The hostile programs and their controls as test data: `hostile/*.py` and `hostile/*.js`.

The first line of each says what must become of it: `expect: verdict[|verdict]`, then optionally `family: name` (where
the file's name does not begin with it), `kind: stdio`, `tests: N` and `time: ms`. Every program is judged on the same
problem, to square a number. One that tries to get out answers with what it found, and squares only when it found
nothing: for those `accepted` is the proof.

Standard library only: the suite also runs this file by itself as an unprivileged user.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HOSTILE = Path(__file__).parent / "hostile"
LANGUAGE_OF = {".py": "python", ".js": "javascript"}
TIME_LIMIT_MS, MEMORY_LIMIT_MB = 500, 128
FACTOR = 1000003

MUST_NOT_HAVE_HAPPENED = {
    "time": "a test had more CPU time than its limit, or was waited for without end",
    "memory": "a test held more memory than its limit, its own or the kernel's on its behalf",
    "limits": "a limit was lifted from inside",
    "processes": "a process was started, replaced, signalled or given other rights",
    "output": "more was kept than may be, or reading it hurt the judge",
    "files": "anything but the runtime's own library was read, or anything at all was written, locked or changed",
    "network": "a socket was had, a name looked up, a connection made",
    "environment": "a variable or an argument of the worker's was there",
    "introspection": "another test's input, an expected value or an object of the harness was found",
    "forging": "a test was accepted without the right answer, or blamed on something else than itself",
    "tampering": "a test found what an earlier one had changed",
    "surviving": "something outlived its test, or disturbed the next",
    "host": "the machine, or another process on it, was told of",
    "kernel": "a system call was allowed that reaches beyond the process",
    "crash": "the end of a process was taken for an answer, or for a fault of the judge",
    "compile": "the compiler took the judge down, or its refusal was no compile error",
    "control": "an honest program was refused, or its time or memory was taken from it",
}
"""By family. Each but the last four has programs in both languages."""

_FAMILY_OF_PREFIX = {
    "process": "processes",
    "look": "introspection",
    "forge": "forging",
    "tamper": "tampering",
    "survive": "surviving",
    "missing": "crash",
}


@dataclass(frozen=True)
class Program:
    """One file: its code, and the verdicts it may get."""

    name: str
    language: str
    code: str
    expected: frozenset[str]
    kind: str
    tests: int
    time_limit_ms: int
    family: str


def read_program(path: Path) -> Program:
    code = path.read_text()
    head = code.partition("\n")[0].lstrip("#/ ")
    fields = dict(field.strip().split(": ") for field in head.split(";"))
    return Program(
        name=path.name,
        language=LANGUAGE_OF[path.suffix],
        code=code,
        expected=frozenset(fields["expect"].split("|")),
        kind=fields.get("kind", "function"),
        tests=int(fields.get("tests", 3)),
        time_limit_ms=int(fields.get("time", TIME_LIMIT_MS)),
        family=fields.get("family") or _family_of(path.stem.partition("_")[0]),
    )


def _family_of(prefix: str) -> str:
    return _FAMILY_OF_PREFIX.get(prefix, prefix)


def all_programs() -> list[Program]:
    return [read_program(path) for path in sorted(HOSTILE.iterdir()) if path.suffix in LANGUAGE_OF]


def verdict_of(program: Program) -> tuple[str, str]:
    """The verdict and, for the reader of a failure, what was found."""
    from evaluations.judge import Bundle, TestCase
    from evaluations.sandbox import judge_locally

    numbers = [FACTOR * (index + 1) for index in range(program.tests)]
    if program.kind == "stdio":
        cases = [TestCase(str(n), True, f"{n}\n", f"{n * n}\n", "plain") for n in numbers]
    else:
        cases = [TestCase(str(n), True, {"n": n}, n * n, "plain") for n in numbers]
    bundle = Bundle(
        "square",
        1,
        program.kind,
        ("n",),
        "square",
        "exact",
        None,
        program.time_limit_ms,
        MEMORY_LIMIT_MB,
        tuple(cases),
    )
    judgement = judge_locally(bundle, program.language, program.code)
    found = [case.details["got"] if case.details else None for case in judgement.cases]
    verdicts = [case.verdict.value for case in judgement.cases]
    return judgement.verdict.value, f"{program.name}: {verdicts} {found} {judgement.message}"


def main() -> int:
    """Judge the named programs, or all, and print each that got a verdict it must not get: then the status is 1."""
    wanted = sys.argv[1:]
    chosen = [program for program in all_programs() if not wanted or program.name in wanted]
    with ThreadPoolExecutor(max_workers=1) as judge:
        runs = [(program, judge.submit(verdict_of, program)) for program in chosen]
    wrong = [line for program, run in runs for line in _complaint(program, run)]
    sys.stdout.writelines(wrong)
    return 1 if wrong else 0


def _complaint(program: Program, run: Future[tuple[str, str]]) -> Iterator[str]:
    """Nothing when all is well; a defect of the judge is told by program, too."""
    if run.exception():
        yield f"{program.name}: {run.exception()!r}\n"
        return
    verdict, found = run.result()
    if verdict not in program.expected:
        yield f"{program.name}: {verdict}, not {'|'.join(sorted(program.expected))}: {found}\n"


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.exit(main())

"""The hostile programs and their controls as test data: `hostile/*.py` and `hostile/*.js`.

The first line of each says what must become of it: `expect: verdict[|verdict]`, then optionally `kind: stdio`,
`tests: N` and `time: ms`. Every program is judged on the same problem, to square a number. One that tries to get
out answers with what it found, and squares only when it found nothing: for those `accepted` is the proof.

Standard library only: the suite also runs this file by itself as an unprivileged user.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

HOSTILE = Path(__file__).parent / "hostile"
LANGUAGE_OF = {".py": "python", ".js": "javascript"}
TIME_LIMIT_MS, MEMORY_LIMIT_MB = 500, 128
FACTOR = 1000003


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
    )


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
    failed = 0
    for program in all_programs():
        if wanted and program.name not in wanted:
            continue
        verdict, found = verdict_of(program)
        if verdict not in program.expected:
            failed += 1
            sys.stdout.write(
                f"{program.name}: {verdict}, not {'|'.join(sorted(program.expected))}: {found}\n"
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.exit(main())

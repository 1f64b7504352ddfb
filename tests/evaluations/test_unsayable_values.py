"""Values that JSON cannot say: each has the result that docs/evaluation.md promises, in both languages, under every
comparison, before a checker and as the output of a program."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from evaluations.comparison import COMPARISONS
from evaluations.judge import Judgement, Verdict
from evaluations.sandbox import judge_locally
from tests.evaluations.bundles import function_bundle, program_bundle

PYTHON_HEAD = """
import array, collections, dataclasses, datetime, decimal, enum, fractions, uuid

Point = collections.namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


@dataclasses.dataclass(frozen=True)
class Pair:
    left: int = 1


class Broken:
    def __iter__(self):
        raise ValueError("no")


def deep(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


def wide():
    return [[1]] * 3000


def loop():
    value = {}
    value["self"] = [value]
    return value
"""
# expression -> what it is taken as
PYTHON_TAKEN: dict[str, Any] = {
    "(1, (2, 3))": [1, [2, 3]],
    "Point(1, 2)": [1, 2],
    "range(3)": [0, 1, 2],
    "collections.deque([1])": [1],
    "{'a': 1}.keys()": ["a"],
    "{'a': 1}.values()": [1],
    "{'a': 1}.items()": [["a", 1]],
    "collections.Counter('aab')": {"a": 2, "b": 1},
    "collections.OrderedDict(b=1, a=2)": {"a": 2, "b": 1},
    "collections.defaultdict(list, a=[1])": {"a": [1]},
    "{3, 1, 2}": [1, 2, 3],
    "frozenset('ba')": ["a", "b"],
    "{(10, 1), (9, 2)}": [[9, 2], [10, 1]],
    "{frozenset({2}), frozenset({1}), frozenset({3, 1})}": [[1, 3], [1], [2]],
    "{1, 'a', None, (2,)}": ["a", 1, [2], None],
    "{1: 'a', None: True, True: 2, 2.5: 3}": {"1": 2, "null": True, "2.5": 3},
    "{1: 'a', '1': 'b'}": {"1": "b"},
    "Level.HIGH": 3,
    "10 ** 400": 10**400,
    "-0.0": 0,
    "True": True,
    "None": None,
    "wide()": [[1]] * 3000,
    "chr(0xD800)": "\ud800",
}
PYTHON_REFUSED = {
    "b'bytes'": "a value of type bytes cannot be returned",
    "bytearray(2)": "a value of type bytearray cannot be returned",
    "1j": "a value of type complex cannot be returned",
    "decimal.Decimal('1.5')": "a value of type Decimal cannot be returned",
    "fractions.Fraction(1, 2)": "a value of type Fraction cannot be returned",
    "(n for n in [1])": "a value of type generator cannot be returned; return a list",
    "map(int, '12')": "a value of type map cannot be returned; return a list",
    "Pair()": "a value of type Pair cannot be returned",
    "Colour.RED": "a value of type Colour cannot be returned",
    "array.array('i', [1])": "a value of type array cannot be returned",
    "datetime.date(2020, 1, 1)": "a value of type date cannot be returned",
    "uuid.UUID(int=1)": "a value of type UUID cannot be returned",
    "object()": "a value of type object cannot be returned",
    "Broken()": "a value of type Broken cannot be returned",
    "print": "a value of type builtin_function_or_method cannot be returned",
    "int": "a value of type type cannot be returned",
    "{(1, 2): 3}": "keys must be str, int, float, bool or None, not tuple",
    "{b'a': 3}": "keys must be str, int, float, bool or None, not bytes",
    "loop()": "Circular reference detected",
    "deep(501)": "the returned value is nested deeper than 500 levels",
    "deep(100_000)": "the returned value is nested deeper than 500 levels",
    "10 ** 5000": "Exceeds the limit (4300 digits)",
    "{Pair()}": "a value of type Pair cannot be returned",
}
JAVASCRIPT_HEAD = """
class Point { constructor() { this.x = 1; this.y = undefined; } get z() { return 3; } }
const deep = (levels) => { let value = 1; for (let i = 0; i < levels; i++) value = [value]; return value; };
const loop = () => { const value = {}; value.self = [value]; return value; };
let asked = 0;
const fickle = { get a() { asked += 1; return asked === 1 ? 1 : undefined; } };
"""
JAVASCRIPT_TAKEN: dict[str, Any] = {
    "undefined": None,
    "[undefined, , null]": [None, None, None],
    "({ a: undefined, b: 1 })": {"b": 1},
    "({ [Symbol('s')]: 1, b: 2 })": {"b": 2},
    "-0": 0,
    "[-0]": [0],
    "new Set([3, 1])": [3, 1],
    "new Map([['a', 1], [1, 2], [true, 3], [null, 4]])": {"a": 1, "1": 2, "true": 3, "null": 4},
    "new Map([[1, 'a'], ['1', 'b']])": {"1": "b"},
    "new Map([['__proto__', 1]])": {"__proto__": 1},
    "10n ** 400n": 10**400,
    "2 ** 60": 2**60,
    "1e21": 10**21,
    "2 ** 53 + 1": 2**53,
    "new Int8Array([1, -1])": [1, -1],
    "new BigInt64Array([2n ** 62n])": [2**62],
    "new Float32Array([0.5])": [0.5],
    "new Date(0)": "1970-01-01T00:00:00.000Z",
    "new Date(NaN)": None,
    "({ toJSON() { return [1]; } })": [1],
    "new Point()": {"x": 1},
    "Object.create(null)": {},
    "[new Number(1), new String('a'), new Boolean(false)]": [1, "a", False],
    "new Proxy([1, 2], {})": [1, 2],
    "new Proxy({ a: 1 }, {})": {"a": 1},
    "fickle": {"a": 1},
    "(function () { return arguments; })(1)": {"0": 1},
    "Promise.resolve([1])": [1],
    "deep(500)[0][0][0] && 1": 1,
}
JAVASCRIPT_REFUSED = {
    "Symbol('s')": "a value of type symbol cannot be returned",
    "() => 1": "a value of type function cannot be returned",
    "({ f() {} })": "a value of type function cannot be returned",
    "[Symbol('s')]": "a value of type symbol cannot be returned",
    "new Error('no')": "a value of type Error cannot be returned",
    "new RangeError('no')": "a value of type Error cannot be returned",
    "/a/": "a value of type RegExp cannot be returned",
    "new ArrayBuffer(2)": "a value of type ArrayBuffer cannot be returned",
    "new DataView(new ArrayBuffer(2))": "a value of type DataView cannot be returned",
    "new WeakMap()": "a value of type WeakMap cannot be returned",
    "Object(Symbol('s'))": "a value of type Symbol cannot be returned",
    "[Promise.resolve(1)]": "a value of type Promise cannot be returned",
    "new Map([[{}, 1]])": "the keys of a returned Map must be text, numbers, booleans or null",
    "[1].values()": "an iterator cannot be returned; return an array",
    "(function* () { yield 1; })()": "an iterator cannot be returned; return an array",
    "({ get a() { throw new TypeError('thrown by a getter'); } })": "TypeError: thrown by a getter",
    "new Proxy({}, { ownKeys() { throw new Error('thrown by a proxy'); } })": "Error: thrown by a proxy",
    "new Date(0).toJSON = 1, { toJSON() { throw new Error('thrown by toJSON'); } }": "Error: thrown by toJSON",
    "loop()": "the returned value contains itself",
    "deep(501)": "the returned value is nested deeper than 500 levels",
    "deep(100000)": "the returned value is nested deeper than 500 levels",
    "10n ** 5000n": "the answer cannot be read",
    "Promise.reject(new Error('refused'))": "Error: refused",
}


def judged(language: str, expressions: list[str], expected: list[Any], **changes: Any) -> Judgement:
    """One test for each expression, all in one submission."""
    if language == "python":
        lines = "".join(f"    if n == {n}: return {each}\n" for n, each in enumerate(expressions))
        code = f"{PYTHON_HEAD}\ndef solve(n):\n{lines}"
    else:
        lines = "".join(f"  if (n === {n}) return ({each});\n" for n, each in enumerate(expressions))
        code = f"{JAVASCRIPT_HEAD}\nfunction solve(n) {{\n{lines}}}\n"
    return judge_locally(function_bundle(*enumerate(expected), **changes), language, code)


def shown(judgement: Judgement) -> list[Any]:
    assert all(result.details for result in judgement.cases), judgement
    return [(result.details or {})["got"] for result in judgement.cases]


@pytest.mark.parametrize("comparison", COMPARISONS)
@pytest.mark.parametrize(
    ("language", "taken"),
    [("python", PYTHON_TAKEN), ("javascript", JAVASCRIPT_TAKEN)],
    ids=["python", "javascript"],
)
def test_a_value_is_taken_as_documented(language: str, taken: dict[str, Any], comparison: str) -> None:
    judgement = judged(language, list(taken), list(taken.values()), comparison=comparison)

    wrong = [
        (expression, result.verdict, result.details)
        for expression, result in zip(taken, judgement.cases, strict=True)
        if result.verdict is not Verdict.ACCEPTED
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "refused"),
    [("python", PYTHON_REFUSED), ("javascript", JAVASCRIPT_REFUSED)],
    ids=["python", "javascript"],
)
def test_a_value_that_cannot_be_told_is_a_runtime_error_that_says_so(
    language: str, refused: dict[str, str]
) -> None:
    judgement = judged(language, list(refused), [0] * len(refused))

    wrong = [
        (expression, result.verdict, result.details)
        for (expression, message), result in zip(refused.items(), judgement.cases, strict=True)
        if result.verdict is not Verdict.RUNTIME_ERROR
        or not result.details
        or message not in result.details["error"]
    ]
    assert wrong == []


NUMBERS = {
    "python": ["float('nan')", "float('inf')", "-float('inf')", "[float('nan')]", "{float('nan'), 2.0, 1.0}"],
    "javascript": ["NaN", "Infinity", "-Infinity", "[NaN]", "new Set([1, 2, NaN])"],
}


@pytest.mark.parametrize("comparison", COMPARISONS)
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_nan_and_infinities_are_no_json_value_and_are_shown_by_name(language: str, comparison: str) -> None:
    """No problem file can expect them, so that they are never right; least of all as null, text or a large number."""
    expected = [None, 1e308, "-Infinity", [None], [1, 2, 3]]

    judgement = judged(language, NUMBERS[language], expected, comparison=comparison)

    assert [result.verdict for result in judgement.cases] == [Verdict.WRONG_ANSWER] * 5
    assert shown(judgement) == ["NaN", "Infinity", "-Infinity", ["NaN"], [1, 2, "NaN"]]


CHECKERS = {
    "python": "def check(given, expected, got):\n    return got != got or got == expected\n",
    "javascript": "const check = (given, expected, got) => got === expected || got !== got;",
}


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_checker_is_given_what_an_answer_was_taken_as(language: str) -> None:
    """Python's checkers are given NaN itself; JavaScript's cannot be, so that NaN is no answer for them."""
    expressions = {"python": ["-0.0", "2 ** 60", "float('nan')"], "javascript": ["-0", "2 ** 60", "NaN"]}[
        language
    ]

    verdicts = {
        checker: [
            result.verdict
            for result in judged(
                language, expressions, [0, 2**60, 1], checker={"lang": checker, "code": code}
            ).cases
        ]
        for checker, code in CHECKERS.items()
    }

    accepted, wrong = Verdict.ACCEPTED, Verdict.WRONG_ANSWER
    assert verdicts == {"python": [accepted] * 3, "javascript": [accepted, accepted, wrong]}


PROGRAMS = [
    ("python", "import sys; sys.stdout.buffer.write(b'caf\\xe9\\n')", "caf\ufffd\n"),
    ("python", "print(chr(0xD800), chr(0))", "\\ud800 \0"),
    ("python", "print(float('nan'), float('-inf'), -0.0, None, 10 ** 30)", f"nan -inf -0.0 None {10**30}"),
    ("javascript", "process.stdout.write(Buffer.from([99, 0xe9, 10]))", "c\ufffd\n"),
    ("javascript", "console.log(NaN, -0, undefined, 10n ** 30n)", f"NaN -0 undefined {10**30}n"),
]


@pytest.mark.parametrize(("language", "code", "expected"), PROGRAMS)
def test_a_program_is_read_as_text_whatever_it_writes(language: str, code: str, expected: str) -> None:
    judgement = judge_locally(program_bundle(("", expected)), language, code)

    assert judgement.verdict is Verdict.ACCEPTED, judgement


@pytest.mark.parametrize(
    ("printed", "expected", "verdict"),
    [
        ("nan", "NaN", Verdict.ACCEPTED),
        ("inf", "Infinity", Verdict.ACCEPTED),
        ("-0.0", "0", Verdict.ACCEPTED),
        ("1_000", "1000", Verdict.WRONG_ANSWER),
        ("\u0661", "1", Verdict.WRONG_ANSWER),
        ("inf", "1e308", Verdict.WRONG_ANSWER),
        ("nan", "0", Verdict.WRONG_ANSWER),
    ],
)
def test_printed_numbers_that_are_none_in_json_are_compared_as_numbers_by_float(
    printed: str, expected: str, verdict: Verdict
) -> None:
    wanted = program_bundle(("", expected), comparison="float")

    assert judge_locally(wanted, "python", f"print({printed!r})").verdict is verdict


def test_a_set_is_told_in_one_order_however_it_was_made() -> None:
    """Also where `<` does not order its elements: hashes, and so addresses, must not show."""
    code = """
def solve(turn):
    parts = [frozenset({n, n + 8}) for n in range(20)]
    nan = [float("nan"), 3.0, 2.5, 1.0]
    return [set(parts[turn:] + parts[:turn]), set(nan[turn:] + nan[:turn])]
"""
    judgement = judge_locally(function_bundle(*[(turn, 0) for turn in range(4)]), "python", code)

    assert len({json.dumps(each) for each in shown(judgement)}) == 1
    assert not math.isnan(float(shown(judgement)[0][1][0]))

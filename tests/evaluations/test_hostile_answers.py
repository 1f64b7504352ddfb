"""Whatever comes out of a sandbox is read without harm: bytes at random, and bytes made to hurt."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.comparison import COMPARISONS, same_output, same_value
from evaluations.differences import first_difference, output_difference
from evaluations.sandbox.answers import (
    FAILED,
    Answer,
    Unreadable,
    answer_of,
    failure_of,
    returned_value,
)
from evaluations.sandbox.config import SandboxBroken
from evaluations.sandbox.inside import protocol
from evaluations.sandbox.presentation import javascript_stack, python_traceback
from evaluations.sandbox.session import Outcome
from evaluations.sandbox.verdicts import died_of, verdict_before_comparison
from evaluations.shown_values import presentable

many = settings(max_examples=150, deadline=None)

ENDED = [0, *range(1, 65), 9 | 0x80, *(status << 8 for status in (1, 2, 126, 127, 255))]
"""Every way in which wait(2) can tell of an ended process: well, by each signal, with a core, by a status."""

kinds = st.sampled_from(
    [b"", b"S", b"SR", b"SE", b"C", b"SC", b"R", b'{"status":"R","body":"', b'{"status":"E"']
)
jsonish = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
reports = st.fixed_dictionaries(
    {},
    optional={
        name: jsonish | st.just([[1, "f"], [10**30, "g"], [-1, "\ud800"]])
        for name in ("type", "message", "frames", "stack", "status", "body", "out", "kb")
    },
)
bodies = st.binary(max_size=200) | jsonish.map(as_bytes := lambda value: json.dumps(value).encode())
answers = st.builds(bytes.__add__, kinds, bodies) | reports.map(as_bytes)
outcomes = st.builds(
    Outcome,
    reason=st.integers(0, 4),
    status=st.sampled_from([protocol.STILL_RUNNING, *ENDED]),
    cpu_us=st.integers(0, 2**64 - 1),
    wall_us=st.integers(0, 2**64 - 1),
    peak_kb=st.integers(0, 2**64 - 1),
    answer=answers,
    stdout=st.binary(max_size=50),
    stderr=st.binary(max_size=50),
)

TO_HURT = {
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 40_000,
    "deep and complete": b"[" * 900 + b"]" * 900,
    "many objects": b"[" + b'{"a":1},' * 30_000 + b"1]",
    "equal keys": b"{" + b'"a":1,' * 40_000 + b'"a":2}',
    "a long integer": b"9" * 200_000,
    "a long fraction": b"0." + b"3" * 200_000,
    "a huge exponent": b"1e" + b"9" * 4_000,
    "surrogates": b'"' + b"\\ud800" * 30_000 + b'"',
    "surrogates in UTF-8": b'"' + b"\xed\xa0\x80" * 30_000 + b'"',
    "no text": bytes(range(256)) * 800,
    "nothing": b"",
}


def read_whole(outcome: Outcome, *, batch: bool) -> None:
    """All that judging does with an outcome before it compares; only the documented errors may come out."""
    answer = answer_of(outcome, batch=batch)
    try:
        verdict_before_comparison(outcome, answer, time_limit_ms=1000, memory_limit_mb=256)
    except SandboxBroken:
        assert not answer.started
    failures = [died_of(outcome), failure_of(answer)]
    for text in [python_traceback(each, "a\nb") + javascript_stack(each) for each in failures]:
        orjson.dumps(text)
    try:
        orjson.dumps(presentable(returned_value(answer)))
    except Unreadable:
        return


@many
@given(outcome=outcomes, batch=st.booleans())
def test_any_outcome_is_read(outcome: Outcome, batch: bool) -> None:
    read_whole(outcome, batch=batch)


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("status", [protocol.STILL_RUNNING, *ENDED])
def test_every_end_of_a_process_has_words(status: int, batch: bool) -> None:
    read_whole(Outcome(protocol.ENDED, status, 1, 1, 1, b"S", b"", b""), batch=batch)


@many
@given(
    body=st.binary(max_size=120)
    | st.builds(
        bytes.__add__, st.just(protocol.OUTCOME.pack(0, 0, 1, 1, 1, 1, 1, 1, 1)), st.binary(max_size=4)
    )
)
def test_any_frame_is_an_outcome_or_a_broken_sandbox(body: bytes) -> None:
    try:
        outcome = Outcome.parse(body)
    except SandboxBroken:
        return

    assert len(outcome.answer + outcome.stdout + outcome.stderr) == len(body) - protocol.OUTCOME.size


@pytest.mark.parametrize("name", TO_HURT)
def test_an_answer_made_to_hurt_is_read(name: str) -> None:
    said = TO_HURT[name]
    in_a_line = json.dumps({"status": "R", "body": said.decode("latin-1")}).encode()
    nested_report = b'{"status":"E","body":' + said + b"}"

    for answer, batch in (
        (b"SR" + said, False),
        (b"SE" + said, False),
        (in_a_line, True),
        (nested_report, True),
    ):
        read_whole(Outcome(0, protocol.STILL_RUNNING, 1, 1, 1, answer, said, said), batch=batch)


@pytest.mark.parametrize("comparison", COMPARISONS)
@pytest.mark.parametrize("name", TO_HURT)
def test_an_answer_made_to_hurt_is_compared(name: str, comparison: str) -> None:
    text = TO_HURT[name].decode("utf-8", "replace")
    try:
        got = [returned_value(Answer("R", text, "", True, 0))]
    except Unreadable:
        got = []

    for expected in ([1, 2], {"a": 1}, "text", 1, 1.5, None):
        assert not any(same_value(expected, value, comparison) for value in got)
        assert all(first_difference(expected, value, comparison) for value in got)
    assert not same_output("1\n", text, comparison)
    assert output_difference("1\n", text, comparison)


@many
@given(expected=jsonish, got=jsonish, comparison=st.sampled_from(COMPARISONS))
def test_any_two_values_are_compared_and_told_apart(expected: Any, got: Any, comparison: str) -> None:
    difference = first_difference(expected, got, comparison)

    assert (difference == "") == same_value(expected, got, comparison)


def test_line_numbers_of_a_report_are_bounded() -> None:
    report = json.dumps({"type": "E", "frames": [[10**4000, "f"], [-5, "g"], [2, "h"]]})

    assert failure_of(Answer(FAILED, report, "", True, 0)).frames == ((2, "h"),)

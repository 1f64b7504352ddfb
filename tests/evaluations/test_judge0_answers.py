"""Answers of Judge0's HTTP interface that make no sense: another run or no verdict, never the learner's failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug import Request, Response

from evaluations.judge import Verdict
from evaluations.judge0 import Judge0Client
from evaluations.remote import (
    EvalServiceAnswerInvalid,
)
from tests.evaluations.judge0_scenes import (
    GOOD,
    answering,
    in_answer,
    judged,
    passing,
)
from tests.evaluations.judge0_server import Answer, FakeJudge0

BAD_CREATIONS: dict[str, Any] = {
    "no JSON": "<html>",
    "nothing": "",
    "no list": {"token": "a"},
    "too few": [{"token": "a"}],
    "too many": [{"token": "a"}, {"token": "b"}, {"token": "c"}],
    "one token twice": [{"token": "a"}, {"token": "a"}],
    "no object": [{"token": "a"}, 1],
    "empty object": [{"token": "a"}, {}],
    "number as token": [{"token": "a"}, {"token": 1}],
    "strange token": [{"token": "a"}, {"token": "a,b&fields=source_code"}],
    "a key twice": '[{"token": "a"}, {"token": "b", "token": "c"}]',
}


@pytest.mark.parametrize("body", BAD_CREATIONS.values(), ids=BAD_CREATIONS.keys())
def test_a_creation_that_makes_no_sense_is_no_verdict(
    judge0_client: Judge0Client, judge0: FakeJudge0, body: Any
) -> None:
    judge0.answers = [answering(body, 201)]

    with pytest.raises(EvalServiceAnswerInvalid, match="nonsense"):
        judged(judge0_client)


BAD_LOOKS: dict[str, Answer] = {
    "no JSON": answering("<html>"),
    "truncated": answering('{"submissions": ['),
    "no object": answering([]),
    "no submissions": answering({}),
    "too few": in_answer(lambda items: items[:1]),
    "too many": in_answer(lambda items: [*items, items[0]]),
    "one twice": in_answer(lambda items: [items[0], items[0]]),
    "in another order": in_answer(lambda items: items[::-1]),
    "another token": in_answer(lambda items: [items[0], {**GOOD, "token": "x"}]),
    "without tokens": in_answer(lambda items: [GOOD, GOOD]),
    "unknown status": in_answer(lambda items: [items[0], {**items[1], "status_id": 15}]),
    "status of text": in_answer(lambda items: [items[0], {**items[1], "status_id": "3"}]),
    "redirect": answering("", 302, Location="/elsewhere"),
}


@pytest.mark.parametrize("look", BAD_LOOKS.values(), ids=BAD_LOOKS.keys())
def test_an_answer_about_tokens_that_makes_no_sense_is_no_verdict(
    judge0_client: Judge0Client, judge0: FakeJudge0, look: Answer
) -> None:
    judge0.answers = [passing, look]

    with pytest.raises(EvalServiceAnswerInvalid):
        judged(judge0_client)


def test_a_status_that_goes_back_is_run_once_more(judge0_client: Judge0Client, judge0: FakeJudge0) -> None:
    back = in_answer(lambda items: [{**item, "status_id": 1} for item in items])
    judge0.answers = [passing, passing, passing, back]
    judge0.results = []

    def processing(request: Request) -> Response:
        return in_answer(lambda items: [{**item, "status_id": 2} for item in items])(request) or Response()

    judge0.answers = [passing, processing, back]

    assert judged(judge0_client) is Verdict.ACCEPTED
    assert len(judge0.sent) == 4


def test_a_result_of_another_status_than_was_seen_is_run_once_more(
    judge0_client: Judge0Client, judge0: FakeJudge0
) -> None:
    other = in_answer(lambda items: [{**item, "status_id": 12, "exit_signal": 5} for item in items])
    judge0.answers = [passing, passing, passing, passing, other]

    assert judged(judge0_client) is Verdict.ACCEPTED
    assert len(judge0.sent) == 4


def test_a_batch_that_was_made_in_part_is_completed(judge0_client: Judge0Client, judge0: FakeJudge0) -> None:
    def half(request: Request) -> Response:
        body = json.loads(request.data)["submissions"]
        made = [judge0._made(body[0]), {"base": ["queue is full"]}]
        return Response(json.dumps(made), 201)

    judge0.answers = [half]

    assert judged(judge0_client) is Verdict.ACCEPTED
    assert [len(json.loads(request.data)["submissions"]) for request in judge0.requests if request.data] == [
        2,
        1,
    ]

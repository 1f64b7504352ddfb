"""What the tests of the Judge0 client share: results as Judge0 writes them, changes of them, HTTP answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from werkzeug import Request, Response

from evaluations.judge import Bundle, Verdict
from evaluations.judge0 import Judge0Client
from tests.evaluations.bundles import program_bundle
from tests.evaluations.judge0_server import JAVASCRIPT_ID, PYTHON_ID, Answer, Change, encoded

LANGUAGES = {"python": PYTHON_ID, "javascript": JAVASCRIPT_ID}
SECRET = "token-that-nobody-may-see"
BUNDLE = program_bundle(("1\n", "1\n"), ("2\n", "1\n"))
GOOD: dict[str, Any] = {
    "status_id": 3,
    "time": "0.051",
    "wall_time": "0.06",
    "memory": 9000,
    "stdout": encoded(b"1\n"),
    "stderr": None,
    "compile_output": None,
    "exit_code": 0,
    "exit_signal": None,
}
KILLED = {"status_id": 11, "exit_code": 137, "stdout": None}


def changed(**fields: Any) -> Change:
    return lambda result: {**result, **fields}


def without(name: str) -> Change:
    return lambda result: {key: value for key, value in result.items() if key != name}


def answering(body: Any, status: int = 200, **headers: str) -> Answer:
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return lambda request: Response(text, status, headers)


def passing(request: Request) -> None:
    """Let the server answer."""


def judged(client: Judge0Client, bundle: Bundle = BUNDLE) -> Verdict:
    return client.evaluate(bundle, "python", "code").verdict


def in_answer(change: Callable[[list[Any]], Any]) -> Answer:
    """An answer to a question about tokens, changed."""

    def respond(request: Request) -> Response:
        tokens = request.args["tokens"].split(",")
        good = [{**GOOD, "token": token} for token in tokens]
        return Response(json.dumps({"submissions": change(good)}))

    return respond

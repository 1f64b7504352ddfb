"""A small Judge0: the HTTP contract of CE 1.13, and submissions that really run, by a shell as in Judge0.

What it cannot do is isolate them, so it is given only programs of these tests. Faults are scripted by `answers`
(of the HTTP interface) and `results` (of single submissions).
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from evaluations.sandbox.runtimes import JAVASCRIPT, PYTHON, runtime_of

PYTHON_ID, JAVASCRIPT_ID = 71, 63
BATCH = 20
TIME_LIMIT, NONZERO, OTHER_SIGNAL = 5, 11, 12
_FINAL = 3
MEASURE = """
import json, os, signal, sys

pid = os.posix_spawn("/bin/bash", ["/bin/bash", "run"], os.environ, setsid=True)
signal.signal(signal.SIGALRM, lambda *_: os.killpg(pid, signal.SIGKILL))
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
_, status, usage = os.wait4(pid, 0)
os.write(int(sys.argv[2]), json.dumps([status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]).encode())
"""
_MAXIMA = {
    "cpu_time_limit": 15,
    "cpu_extra_time": 5,
    "wall_time_limit": 20,
    "memory_limit": 512_000,
    "stack_limit": 128_000,
    "max_processes_and_or_threads": 120,
    "max_file_size": 4096,
}

Answer = Callable[[Request], Response | None]
Change = Callable[[dict[str, Any]], dict[str, Any] | None]


@dataclass
class FakeJudge0:
    """`runtimes` by language id; every submission that was made is in `sent`."""

    runtimes: dict[int, tuple[str, str]] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    """Each answers one request instead of the server; None lets it pass."""
    results: list[Change | None] = field(default_factory=list)
    """What becomes of the result of the n-th submission; None for nothing. A change to None loses its token."""
    said: dict[str, Any] | None = None
    """The result of every submission, instead of running it."""
    max_queue: int = 100
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)

    def serve(self, server: HTTPServer) -> None:
        server.expect_request("/submissions/batch").respond_with_handler(self._respond)

    def _respond(self, request: Request) -> Response:
        self.requests.append(request)
        scripted = self.answers.pop(0)(request) if self.answers else None
        if scripted is not None:
            return scripted
        if request.args.get("base64_encoded") != "true":
            return Response('{"error": "use base64_encoded=true query parameter"}', 400)
        return self._create(request) if request.method == "POST" else self._show(request)

    def _create(self, request: Request) -> Response:
        submissions = json.loads(request.data)["submissions"]
        if not 0 < len(submissions) <= BATCH:
            return Response('{"error": "number of submissions in a batch"}', 400)
        if len(submissions) > self.max_queue:
            return Response('{"error": "queue is full"}', 503)
        made = [self._made(submission) for submission in submissions]
        return _json(made, 201 if any("token" in item for item in made) else 422)

    def _made(self, submission: dict[str, Any]) -> dict[str, Any]:
        errors = {
            name: [f"must be less than or equal to {most}"]
            for name, most in _MAXIMA.items()
            if submission[name] > most
        }
        if submission["language_id"] not in self.runtimes:
            errors["language_id"] = [f"language with id {submission['language_id']} doesn't exist"]
        if errors:
            return errors
        token = str(uuid.uuid4())
        self.stored[token] = {"status_id": 1, "number": len(self.sent)}
        self.sent.append(submission)
        return {"token": token}

    def _show(self, request: Request) -> Response:
        tokens, fields = request.args["tokens"].split(","), request.args["fields"].split(",")
        if len(tokens) > BATCH:
            return Response('{"error": "number of submissions in a batch"}', 400)
        shown = [self._shown(token, fields) for token in tokens]
        self._work([token for token in tokens if token in self.stored])
        return _json({"submissions": shown}, 200)

    def _shown(self, token: str, fields: list[str]) -> dict[str, Any] | None:
        held = self.stored.get(token)
        if held is None:
            return None
        everything = {"token": token, **held}
        return {name: everything[name] for name in fields if name in everything}

    def _work(self, tokens: list[str]) -> None:
        """One step for each submission: it is taken from the queue, then run to its end."""
        running = [token for token in tokens if self.stored[token]["status_id"] == 2]
        for token in tokens:
            if self.stored[token]["status_id"] == 1:
                self.stored[token]["status_id"] = 2
        with ThreadPoolExecutor(2) as pool:
            for token, result in zip(running, pool.map(self._run, running), strict=True):
                number = self.stored[token]["number"]
                change = self.results[number] if number < len(self.results) else None
                kept = change(result) if change else result
                if kept is None:
                    del self.stored[token]
                else:
                    self.stored[token].update(kept)

    def _run(self, token: str) -> dict[str, Any]:
        if self.said is not None:
            return dict(self.said)
        submission = self.sent[self.stored[token]["number"]]
        executable, file_name = self.runtimes[submission["language_id"]]
        with tempfile.TemporaryDirectory() as box:
            folder = Path(box)
            (folder / file_name).write_bytes(base64.b64decode(submission["source_code"]))
            (folder / "stdin").write_bytes(base64.b64decode(submission["stdin"]))
            (folder / "run").write_text(_script(submission, executable, file_name))
            return _result(submission, folder)


def _result(submission: dict[str, Any], folder: Path) -> dict[str, Any]:
    started = time.monotonic()
    with (
        (folder / "stdin").open("rb") as given,
        (folder / "out").open("wb") as out,
        (folder / "err").open("wb") as err,
    ):
        status, cpu, peak_kb = _measured(folder, submission["wall_time_limit"], given, out, err)
    wall = time.monotonic() - started
    out_bytes, err_bytes = (folder / "out").read_bytes(), (folder / "err").read_bytes()
    code = max(os.waitstatus_to_exitcode(status), 0)
    late = cpu > submission["cpu_time_limit"] or wall >= submission["wall_time_limit"]
    return {
        "status_id": TIME_LIMIT if late else NONZERO if code else _FINAL,
        "time": f"{cpu:.3f}",
        "wall_time": f"{wall:.3f}",
        "memory": float(peak_kb),
        "stdout": encoded(out_bytes),
        "stderr": encoded(err_bytes),
        "compile_output": None,
        "exit_code": 0 if late else code,
        "exit_signal": None,
    }


def _measured(folder: Path, wall_seconds: float, *streams: IO[bytes]) -> tuple[int, float, int]:
    """Run the script: its wait status, seconds of CPU and peak memory in kB. A small process of its own starts it, for
    a child begins with the peak of its parent, and ours may be large."""
    reader, writer = os.pipe()
    with open(reader, "rb") as said:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", MEASURE, str(wall_seconds), str(writer)],
            cwd=folder,
            stdin=streams[0],
            stdout=streams[1],
            stderr=streams[2],
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            pass_fds=[writer],
        )
        os.close(writer)
        status, cpu, peak_kb = json.loads(said.read())
        process.wait()
    return status, cpu, peak_kb


def _script(submission: dict[str, Any], executable: str, file_name: str) -> str:
    """The shell script that runs a program. Node.js wants more address space than Judge0 would give it memory."""
    seconds = int(submission["cpu_time_limit"] + submission["cpu_extra_time"]) + 1
    limits = [f"ulimit -t {seconds}", f"ulimit -f {submission['max_file_size']}"]
    if file_name.endswith(".py"):
        limits.append(f"ulimit -v {submission['memory_limit']}")
    return "\n".join([*limits, f"{executable} {file_name}", "exit $?", ""])


def encoded(text: bytes) -> str | None:
    """As Ruby's Base64.encode64 does: in lines. Nothing is null."""
    return base64.encodebytes(text).decode() if text else None


def _json(value: Any, status: int) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


def local_judge0(server: HTTPServer) -> FakeJudge0:
    """A server that runs submissions with the interpreters of this machine."""
    fake = FakeJudge0(
        {
            PYTHON_ID: (runtime_of(PYTHON).executable, "script.py"),
            JAVASCRIPT_ID: (runtime_of(JAVASCRIPT).executable, "script.js"),
        }
    )
    fake.serve(server)
    return fake

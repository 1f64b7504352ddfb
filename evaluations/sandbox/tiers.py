"""What each tier needs to be told: the launcher's command line and configuration."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from evaluations.judge import Bundle

from .config import WEAK, SandboxUnavailable
from .inside import protocol
from .inside.jail import HOST_NAME
from .launchers import ENVIRONMENT, PYTHON_FLAGS, Order, launch_command
from .runtimes import JAVASCRIPT, NODE_INSIDE, PYTHON, Runtime, runtime_of
from .session import Session

_INSIDE = Path(__file__).resolve().parent / "inside"
_NAMESPACES = ("rootns", "ns")
_COMPILE_MS = 10_000
_BWRAP_LAUNCHER = "/launcher"

# Pure modules that solutions use; imported once in the fork server when the source names them, instead of
# in every test.
_WARM_NAMES = """
abc array bisect calendar cmath collections copy dataclasses datetime decimal enum fractions functools
hashlib heapq io itertools json math numbers operator random re statistics string struct sys textwrap
time typing
"""
_WARM = frozenset(_WARM_NAMES.split())
_IMPORT = re.compile(r"^\s*(?:from|import)\s+([\w., \t]+)", re.MULTILINE)


def modules_named(source: str) -> list[str]:
    """The modules of the warm list that a source imports by name, sorted."""
    words = {word for match in _IMPORT.findall(source) for word in re.findall(r"\w+", match)}
    return sorted(words & _WARM)


def open_session(
    tier: str, bundle: Bundle, language: str, code: str, should_stop: Callable[[], bool] | None = None
) -> Session:
    """A session for one submission in `tier`. Enter it to have a launcher."""
    order = launcher_order(tier, bundle, language)
    return Session(order, submission_config(tier, bundle, language, code), should_stop)


def launcher_order(tier: str, bundle: Bundle, language: str) -> Order:
    """The launcher that submissions in `language` to this kind of problem need; nothing of a submission is in it."""
    sandbox = sandbox_config(tier, bundle, language)
    frame = protocol.frame(protocol.PREPARE, json.dumps(sandbox).encode())
    return Order(language, tuple(launcher_command(tier, language)), frame)


def launcher_command(tier: str, language: str) -> list[str]:
    """How the launcher is started: directly, or inside bubblewrap."""
    interpreter = runtime_of(PYTHON)
    return (
        _bwrap(interpreter, runtime_of(language))
        if tier == "bwrap"
        else launch_command(interpreter.executable)
    )


def sandbox_config(tier: str, bundle: Bundle, language: str) -> dict[str, Any]:
    """The launcher's first frame: the sandbox and the runtime in it. For JavaScript functions a process of the
    runtime is started ahead, whose heap must fit the problem."""
    runtime = runtime_of(language)
    own: dict[str, Any] = {
        "tier": tier,
        "language": language,
        "runtime_data": runtime.data,
        "interpreter_bytes": runtime_of(PYTHON).address_space,
    }
    if language == JAVASCRIPT:
        program = bundle.kind == "stdio"
        own["script"] = _script("program.js" if program else "functions.js")
        own |= {"batch": not program, "memory_mb": bundle.memory_limit_mb}
    return own | _files(tier, runtime)


def submission_config(tier: str, bundle: Bundle, language: str, code: str) -> dict[str, Any]:
    """The launcher's second frame: limits and source. No test is in it."""
    # RLIMIT_NPROC counts all threads of a uid: where that is the worker's too, those come on top.
    own = {"processes": bundle.limits.threads, "shared_uid": tier in ("landlock", WEAK)}
    return _limits(bundle) | _source(bundle, language, code) | own


def _limits(bundle: Bundle) -> dict[str, Any]:
    """Time as CPU; the wall limit only stops sleepers, so that a busy machine does not turn into a
    verdict. A right answer always fits into the output; in steps, for the limit can be felt out and must not tell
    how long the expected values are."""
    largest = max((len(json.dumps(test.expected)) for test in bundle.tests), default=0)
    step = bundle.limits.output_kb << 10
    output = step * max(1, -(-2 * largest // step))
    return {
        "cpu_ms": bundle.time_limit_ms,
        "compile_ms": _COMPILE_MS,
        "wall_ms": bundle.wall_ms,
        "memory_mb": bundle.memory_limit_mb,
        "output_bytes": output,
        "answer_bytes": output,
        "open_files": bundle.limits.open_files,
        "max_depth": bundle.limits.depth,
    }


def _source(bundle: Bundle, language: str, code: str) -> dict[str, Any]:
    return {
        "kind": bundle.kind,
        "source": code,
        "entry_point": bundle.entry_point,
        "modules": modules_named(code) if language == PYTHON else [],
    }


@lru_cache
def _script(name: str) -> str:
    return (_INSIDE / name).read_text()


def _files(tier: str, runtime: Runtime) -> dict[str, Any]:
    namespaces = tier in _NAMESPACES
    moved = runtime.language == JAVASCRIPT and tier in (*_NAMESPACES, "bwrap")
    node = NODE_INSIDE if moved else runtime.executable
    executables = [path for path in (node, runtime.loader) if path] if runtime.language == JAVASCRIPT else []
    return {
        "binds": _binds(runtime) if namespaces else [],
        "masks": list(runtime.masks) if namespaces else [],
        "links": [list(link) for link in _links(runtime)] if namespaces else [],
        "readable": ["/"] if namespaces else _readable(runtime),
        "executables": executables,
        "node": node,
        # A configuration that is absent is fine for OpenSSL, one that may not be read is not.
        "environment": ["TZ=UTC", "OPENSSL_CONF=/nonexistent", f"LD_LIBRARY_PATH={runtime.library_path}"],
    }


def _binds(runtime: Runtime) -> list[list[str]]:
    binds = [[path, path] for path in (*runtime.directories, *runtime.files)]
    if runtime.language == JAVASCRIPT:
        binds.append([runtime.executable, NODE_INSIDE])
    return binds


def _links(runtime: Runtime) -> list[tuple[str, str]]:
    """/bin stays a real directory: node is bound there."""
    return [link for link in runtime.links if link[0] != "/bin"]


def _readable(runtime: Runtime) -> list[str]:
    """For Landlock without a root of our own: every entry of the library but the installed packages, and but links
    that lead out of it (Debian's sitecustomize.py leads to /etc)."""
    own = tuple(directory + "/" for directory in runtime.directories)
    entries = [entry.path for directory in runtime.directories for entry in os.scandir(directory)]
    inside = [
        path for path in entries if os.path.realpath(path).startswith(own) and path not in runtime.masks
    ]
    return [*inside, *runtime.files]


def _bwrap(interpreter: Runtime, runtime: Runtime) -> list[str]:
    """bubblewrap builds the root and the namespaces; the launcher inside adds the rest as in the Landlock
    tier."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise SandboxUnavailable("bubblewrap is not installed (apt install bubblewrap)")
    command = [
        bwrap,
        "--unshare-all",
        "--hostname",
        HOST_NAME,
        "--die-with-parent",
        "--new-session",
        "--uid",
        "65534",
        "--gid",
        "65534",
    ]
    binds = dict.fromkeys(
        (*interpreter.directories, *interpreter.files, *runtime.files, interpreter.executable)
    )
    for path in sorted(binds, key=len):
        command += ["--ro-bind", path, path]
    for mask in interpreter.masks:
        command += ["--tmpfs", mask]
    if runtime.language == JAVASCRIPT:
        command += ["--ro-bind", runtime.executable, NODE_INSIDE]
    for link, target in dict.fromkeys((*_links(interpreter), *_links(runtime))):
        command += ["--symlink", target, link]
    command += ["--ro-bind", str(_INSIDE), f"{_BWRAP_LAUNCHER}/inside", "--remount-ro", "/", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    return [*command, "--", interpreter.executable, *PYTHON_FLAGS, _BWRAP_LAUNCHER, "0"]

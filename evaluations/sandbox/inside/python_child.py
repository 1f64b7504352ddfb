"""The untrusted side for Python: a child of the fork server that runs one test and ends.

Nothing in this process is worth stealing: it holds the learner's own code and one input. Its answer is only
an answer; the worker compares it outside.
"""

from __future__ import annotations

import io
import json
import marshal
import os
import sys
import types

from . import protocol
from .values import encoded

FILE_NAME = "solution.py"
ANSWER_FD = 3
_THREAD_STACK = 8 << 20
_MESSAGE_LENGTH = 1000
_FIRST_FRAMES, _LAST_FRAMES = 5, 15

_OUT_OF_MEMORY = b'E{"type": "MemoryError", "message": "", "frames": []}'

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn


class MissingEntryPoint(Exception):
    """The code defines no function of the wanted name."""


def compile_source(source: str) -> bytes:
    """An answer that holds the marshalled code object, or the error that the compiler reported."""
    if "\0" in source:  # the compiler's words differ with its version, and none says where
        line = source.partition("\0")[0].count("\n") + 1
        return _refused("SyntaxError", f"the source contains a NUL character in line {line}", None)
    try:
        code = compile(source, FILE_NAME, "exec", dont_inherit=True)
        return b"R" + marshal.dumps(code)
    except SyntaxError as problem:
        return _refused(type(problem).__name__, problem.msg, problem.lineno)
    except (ValueError, RecursionError, MemoryError, OverflowError) as problem:
        return _refused(type(problem).__name__, str(problem), None)


def _refused(kind: str, message: str, line: int | None) -> bytes:
    frames = [[line, ""]] if line else []
    return b"E" + json.dumps({"type": kind, "message": message, "frames": frames}).encode()


def call_function(code: bytes, entry_point: str, arguments: bytes, max_depth: int) -> bytes:
    """Run the module, call the function with the JSON array of `arguments`, and return the encoded answer, which may
    be nested `max_depth` levels deep."""
    module = types.ModuleType("solution")
    sys.modules["solution"] = module

    def work() -> bytes:
        exec(marshal.loads(code), module.__dict__)
        function = module.__dict__.get(entry_point)
        if not callable(function):
            raise MissingEntryPoint(f"the code defines no function named {entry_point!r}")
        return b"R" + encoded(function(*json.loads(arguments)), max_depth)

    return _guarded(work)


def run_program(code: bytes) -> bytes:
    """Run the module as a program on stdin and stdout, the way the interpreter would, threads and exit
    handlers included."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main

    def work() -> bytes:
        try:
            exec(marshal.loads(code), main.__dict__)
        except SystemExit as leaving:
            if leaving.code not in (None, 0):
                raise
        _finish_threads()
        return b"Rnull"

    return _guarded(work)


def _finish_threads() -> None:
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()
    import atexit

    atexit._run_exitfuncs()


def _guarded(work: Callable[[], bytes]) -> bytes:
    try:
        return work()
    except BaseException as problem:
        try:
            return _describe(problem)
        except BaseException:
            return _OUT_OF_MEMORY if isinstance(problem, MemoryError) else _unprintable(problem)


def _unprintable(problem: BaseException) -> bytes:
    return (
        b'E{"type": "%s", "message": "", "frames": []}'
        % type(problem).__name__.encode("ascii", "replace")[:80]
    )


def _describe(problem: BaseException) -> bytes:
    frames = []
    step = problem.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILE_NAME:
            frames.append([step.tb_lineno, step.tb_frame.f_code.co_name])
        step = step.tb_next
    if len(frames) > _FIRST_FRAMES + _LAST_FRAMES:
        frames = [*frames[:_FIRST_FRAMES], [0, ""], *frames[-_LAST_FRAMES:]]
    report = {"type": type(problem).__name__, "message": _text(problem), "frames": frames}
    return b"E" + json.dumps(report).encode()


def _text(problem: BaseException) -> str:
    try:
        return str(problem)[:_MESSAGE_LENGTH]
    except Exception:
        return "<no message: __str__ failed>"


def speak(work: Callable[[], bytes]) -> NoReturn:
    """Do `work`, write its answer, and end without running anything else."""
    write, leave = os.write, os._exit
    _open_standard_streams()
    write(ANSWER_FD, protocol.STARTED)
    answer = work()
    _flush()
    while answer:
        answer = answer[write(ANSWER_FD, answer) :]
    leave(0)


def _open_standard_streams() -> None:
    reader = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding="utf-8", errors="replace")
    for name in ("stdin", "__stdin__"):
        setattr(sys, name, reader)
    for number, name in ((1, "stdout"), (2, "stderr")):
        raw = io.BufferedWriter(io.FileIO(number, "w"))
        stream = io.TextIOWrapper(
            raw, encoding="utf-8", errors="backslashreplace", line_buffering=number == 2
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed or replaced by the learner: what is lost is theirs
            continue


class SeededRandom:
    """Finds `random` for the first that imports it, and seeds it: chance is the same in every run."""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> Any:
        """The module's specification, with a loader that seeds; None for every other module."""
        if name != "random":
            return None
        sys.meta_path.remove(cls)
        spec = sys.modules["_frozen_importlib_external"].PathFinder.find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            load(module)
            module.seed(0)

        spec.loader.exec_module = exec_module
        return spec


def prepare() -> None:
    """What a child changes in itself before the learner's code: determinism, thread stacks, no trace of the
    launcher."""
    import _thread

    _thread.stack_size(_THREAD_STACK)
    random = sys.modules.get("random")
    if random is not None:
        random.seed(0)
    else:
        sys.meta_path.insert(0, SeededRandom)
    for name in [name for name in sys.modules if name.partition(".")[0] == "inside"]:
        del sys.modules[name]
    sys.argv, sys.orig_argv = [FILE_NAME], [FILE_NAME]

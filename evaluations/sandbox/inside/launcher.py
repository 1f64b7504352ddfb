"""The launcher: a fresh interpreter that puts itself in the sandbox, then serves tests until its control
pipe closes.

It is never the worker's own process: a child of a fat worker would inherit its memory, and report it as its
own peak.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import sys

from . import jail, kernel, landlock, protocol
from .confinement import Confinement
from .fork_server import AddressSpace, ForkServer
from .node_child import Batch, Node, Programs
from .tasks import tasks_of_this_uid
from .watch import Limits

_PRIVATE_FDS = 20
_STANDARD_FDS = 4
_OWN_TASKS = 1  # this process is one of those that the limit is for, as where the uid is the sandbox's own
_MIB = 1 << 20
_NS_PER_MS = 1_000_000

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Runner = ForkServer | Programs | Batch


def main() -> NoReturn:
    """Argument 1: the worker's pid (0 when something stands between). Descriptor 0: frames in; 1: frames
    out."""
    kernel.die_with_parent()
    worker = int(sys.argv[1])
    if worker and os.getppid() != worker:
        os._exit(1)
    control, replies = _private_control()
    try:
        runner = _enter(_configuration(control), control)
        _await_submission(runner, control, replies)
    except Exception as problem:
        reason = f"{type(problem).__name__}: {problem}"
        protocol.write_all(replies, protocol.frame(protocol.BROKEN, reason.encode()))
        os._exit(1)
    _serve(runner, control, replies)


def _configuration(control: int) -> dict[str, Any]:
    _, length = protocol.FRAME.unpack(protocol.read_exactly(control, protocol.FRAME.size))
    config: dict[str, Any] = json.loads(protocol.read_exactly(control, length))
    return config


def _await_submission(runner: Runner, control: int, replies: int) -> None:
    """Say that the sandbox is made, and take in the one submission that it is for. Until then nothing in this process
    or below it depends on a submission."""
    protocol.write_all(replies, protocol.frame(protocol.READY))
    try:
        config = _configuration(control)
    except EOFError:
        runner.close()
        os._exit(0)
    limits = Limits(
        cpu=config["cpu_ms"] * _NS_PER_MS,
        wall=config["wall_ms"] * _NS_PER_MS,
        memory=config["memory_mb"] * _MIB,
        output=config["output_bytes"],
        answer=config["answer_bytes"],
    )
    if config["shared_uid"]:
        config["processes"] += max(0, tasks_of_this_uid() - _OWN_TASKS - runner.tasks)
    runner.configure(config, limits)
    protocol.write_all(replies, protocol.frame(protocol.READY))


def _private_control() -> tuple[int, int]:
    """Move the control pipes away from 0 and 1 and fill 0 to 3, so that no later descriptor lands there."""
    import fcntl

    control = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, _PRIVATE_FDS)
    replies = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, _PRIVATE_FDS)
    for number in range(_STANDARD_FDS):
        if number != 2:
            os.dup2(control, number)
    return control, replies


def _enter(sandbox: dict[str, Any], control: int) -> Runner:
    """Go into the sandbox of the configured tier and make the runner. In the namespace tiers the caller's
    process waits outside for its child, the init process of the new pid namespace, which is the one that
    returns."""
    python = sandbox["language"] == "python"
    if python:
        _prepare_python()
    tier = sandbox["tier"]
    slot = os.getpid()
    if tier in ("rootns", "ns"):
        jail.isolate(with_user_namespace=tier == "ns")
        _become_init()
    memory = AddressSpace(sandbox["interpreter_bytes"])
    if tier in ("rootns", "ns"):
        jail.enter_root(sandbox["binds"], sandbox["masks"], sandbox["links"])
    executable = None if python else kernel.ExecTarget(sandbox["node"])
    ruleset = landlock.readable_only(sandbox["readable"], sandbox["executables"])
    if tier == "landlock" and not ruleset:
        raise OSError("this kernel has no Landlock")
    _become_unprivileged(tier, slot, sandbox)
    os.environ.clear()
    confinement = Confinement(ruleset, executable=executable, weak=tier == "weak")
    if executable is None:
        return ForkServer(confinement, control, memory)
    kind = Batch if sandbox["batch"] else Programs
    return kind(Node(sandbox, executable), confinement, control, sandbox["script"])


def _become_init() -> None:
    pid = os.fork()
    if pid:
        for descriptor in (0, 1, 3, _PRIVATE_FDS, _PRIVATE_FDS + 1):
            os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    kernel.die_with_parent()


def _become_unprivileged(tier: str, slot: int, sandbox: dict[str, Any]) -> None:
    if os.geteuid() == 0 and tier in ("rootns", "landlock", "weak"):
        kernel.drop_bounding_set()
        if tier == "rootns" or jail.reachable_by_anyone(sandbox["readable"]):
            # Without CAP_SETUID (a container's "root") the namespaces or Landlock still stand.
            with contextlib.suppress(PermissionError) if tier != "rootns" else contextlib.nullcontext():
                jail.become_nobody(slot)
    jail.give_up_privileges()


def _prepare_python() -> None:
    """What every child would do again."""
    kernel.one_arena()
    from _sitebuiltins import Quitter

    vars(builtins).update(exit=Quitter("exit", "Ctrl-D"), quit=Quitter("quit", "Ctrl-D"))


def _serve(runner: Runner, control: int, replies: int) -> NoReturn:
    try:
        while True:
            kind, length = protocol.FRAME.unpack(protocol.read_exactly(control, protocol.FRAME.size))
            body = runner.compile() if kind == protocol.COMPILE else runner.run(length)
            protocol.write_all(replies, protocol.FRAME.pack(protocol.OUTCOME_REPLY, len(body)))
            protocol.write_all(replies, body)
    except EOFError:
        runner.close()
        os._exit(0)
    except Exception as problem:
        reason = f"{type(problem).__name__}: {problem}"
        protocol.write_all(replies, protocol.frame(protocol.BROKEN, reason.encode()))
        os._exit(1)

"""What every child puts on before it runs a learner's code: descriptors, resource limits, Landlock,
seccomp."""

from __future__ import annotations

import os
import resource

from . import kernel, seccomp

_FIRST_PRIVATE_FD = 4
_FDS_TO_CLOSE = 256
_MIB = 1 << 20
# RLIMIT_STACK is also the default stack of every thread (glibc): 64 MB would leave Python three threads and
# hang node.
PYTHON_STACK, NODE_STACK = 64 * _MIB, 8 * _MIB
# 0 would still start a core_pattern pipe; 1 byte stops both the pipe and the file (core(5)).
_NO_CORE = 1


class Rlimits:
    """Resource limits of one child; None leaves a limit as it is. Sizes in bytes."""

    def __init__(
        self,
        *,
        cpu_seconds: int,
        stack: int,
        processes: int,
        open_files: int,
        file_size: int = 0,
        address_space: int | None = None,
        data: int | None = None,
    ) -> None:
        self._values = [
            (resource.RLIMIT_CPU, cpu_seconds),
            (resource.RLIMIT_STACK, stack),
            (resource.RLIMIT_NPROC, processes),
            (resource.RLIMIT_FSIZE, file_size),
            (resource.RLIMIT_AS, address_space),
            (resource.RLIMIT_DATA, data),
            (resource.RLIMIT_NOFILE, open_files),
            (resource.RLIMIT_CORE, _NO_CORE),
            (resource.RLIMIT_MEMLOCK, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
        ]

    def apply(self, pid: int = 0) -> None:
        """Set soft and hard limits of this process, or of `pid`; a lower hard limit that it has already wins."""
        for limit, value in self._values:
            if value is None:
                continue
            hard = resource.prlimit(pid, limit)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.prlimit(pid, limit, (value, value))


class Confinement:
    """The sandbox of a child, prepared once by the supervisor so that putting it on is cheap."""

    def __init__(self, ruleset: int, *, executable: kernel.ExecTarget | None, weak: bool) -> None:
        self._ruleset = ruleset
        self._weak = weak
        pointer = executable.address if executable else 0
        self._template = seccomp.program(kernel.MACHINE, exec_pointer=pointer)

    def enter(self, descriptors: tuple[int, int, int, int], rlimits: Rlimits) -> None:
        """Keep `descriptors` as 0 to 3 and nothing else, then lock down. Irreversible; call it in the
        child."""
        kernel.die_with_parent()
        os.setsid()
        self._restrict_files()
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number, inheritable=True)
        os.closerange(_FIRST_PRIVATE_FD, _FDS_TO_CLOSE)
        rlimits.apply()
        self._filter_system_calls()

    def _restrict_files(self) -> None:
        if self._ruleset:
            kernel.landlock_enforce(self._ruleset)

    def _filter_system_calls(self) -> None:
        try:
            kernel.install_filter(seccomp.for_process(self._template, os.getpid()))
        except OSError:
            if not self._weak:
                raise

"""A problem's limits in the words of Judge0."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from evaluations.judge import Bundle
from evaluations.sandbox.runtimes import JAVASCRIPT

START_MS = 300
"""CPU time for the start of the runtime, which Judge0 cannot tell from the learner's and which is not counted."""

_EXTRA_SECONDS = 0.5
_RUNTIME_KB = {JAVASCRIPT: 96 << 10}
_SMALL_RUNTIME_KB = 32 << 10
_STACK_KB = 64_000
_MARKS_KB = 8
_LONGEST_WAIT_MS = 20_000
"""Judge0's own default maximum. What is kept waiting by a busy machine for so long gets no verdict (`outcomes`)."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """`cpu_ms` and `wall_ms` include the start of the runtime, `memory_kb` the runtime; `output_bytes` bounds what is
    printed and, apart from it, what is answered."""

    cpu_ms: int
    wall_ms: int
    memory_kb: int
    output_bytes: int
    threads: int

    @property
    def file_kb(self) -> int:
        """Of any file that the program writes: stdout is one, and holds what is printed and the answer."""
        return math.ceil(2 * self.output_bytes / 1024) + _MARKS_KB

    @property
    def largest_answer(self) -> int:
        """Bytes of one result: stdout and stderr in Base64, and the rest."""
        return 3 * (self.file_kb << 10) + (1 << 16)

    def as_fields(self) -> dict[str, Any]:
        """The fields of a submission. A Judge0 whose own maxima are lower refuses them, and says which."""
        return {
            "cpu_time_limit": self.cpu_ms / 1000,
            "cpu_extra_time": _EXTRA_SECONDS,
            "wall_time_limit": self.wall_ms / 1000,
            "memory_limit": self.memory_kb,
            "stack_limit": _STACK_KB,
            "max_processes_and_or_threads": self.threads,
            "max_file_size": self.file_kb,
            "number_of_runs": 1,
            "enable_per_process_and_thread_time_limit": False,
            "enable_per_process_and_thread_memory_limit": False,
            "redirect_stderr_to_stdout": False,
            "enable_network": False,
        }


def limits_of(bundle: Bundle, language: str) -> RunLimits:
    """What a submission to `bundle` may use."""
    largest = max((len(json.dumps(test.expected)) for test in bundle.tests), default=0)
    return RunLimits(
        cpu_ms=bundle.time_limit_ms + START_MS,
        wall_ms=min(bundle.wall_ms + START_MS, _LONGEST_WAIT_MS),
        memory_kb=(bundle.memory_limit_mb << 10) + _RUNTIME_KB.get(language, _SMALL_RUNTIME_KB),
        output_bytes=(bundle.limits.output_kb << 10) + 2 * largest,
        threads=bundle.limits.threads,
    )

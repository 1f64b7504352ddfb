"""Frames between the worker and the launcher, shared by both ends.

A frame is one byte (operation or reply), four bytes of length, and the body. An outcome's body is a fixed
head and three byte strings: the answer, stdout and stderr of the child, each cut at its limit.
"""

from __future__ import annotations

import os
import struct

FRAME = struct.Struct("!BI")
OUTCOME = struct.Struct("!BiQQQQIII")

CONFIGURE, COMPILE, RUN, PREPARE = 1, 2, 3, 4
READY, BROKEN, OUTCOME_REPLY = 11, 12, 13

ENDED, CPU_LIMIT, WALL_LIMIT, OUTPUT_LIMIT, PROTOCOL_BROKEN = 0, 1, 2, 3, 4
STILL_RUNNING = -1

STARTED = b"S"
"""First byte of an answer: everything before it is the runtime's own start and is not charged to the
learner."""

AGAIN = b'{"status":"A"'
"""How the JavaScript batch refuses a test that turned out to be asynchronous where others ran before: it wants a
process of its own, for what those left pending would run now."""

# A nonce and a length precede every request to the JavaScript batch; the nonce must precede its answer.
NONCE_LENGTH = 32
LENGTH_DIGITS = 8


def frame(kind: int, body: bytes = b"") -> bytes:
    """One frame ready to be written."""
    return FRAME.pack(kind, len(body)) + body


def read_exactly(descriptor: int, length: int) -> bytes:
    """`length` bytes, or EOFError when the other end is gone first."""
    parts = []
    while length:
        part = os.read(descriptor, min(length, 1 << 20))
        if not part:
            raise EOFError("the other end of the control pipe is gone")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write every byte, however many calls it takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]

"""Identifiers: UUIDv7 (RFC 9562), so that new rows land at the end of every index."""

import os
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# What every UUIDv7 has: version 7, variant 0b10.
MARKS = (0x7 << 76) | (0b10 << 62)
RANDOM_BITS = (1 << 62) - 1
# How far this process may run ahead of a clock that was set back before it follows the clock.
MAX_LEAD = 10_000 << 12

_last = 0


def uuid7() -> UUID:
    """A new identifier, greater than all that this process made before.

    The clock counts in 1/4096 ms (RFC 9562, section 6.2, method 3); two threads in the same tick still differ in
    62 random bits.
    """
    global _last
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    tick = (milliseconds << 12) | (rest << 12) // 1_000_000
    if tick <= _last < tick + MAX_LEAD:
        tick = _last + 1
    _last = tick
    random = int.from_bytes(os.urandom(8), "big") & RANDOM_BITS
    return UUID(int=(tick >> 12 << 80) | MARKS | (tick & 0xFFF) << 64 | random)


def first_uuid7_of(at: datetime) -> UUID:
    """The smallest UUIDv7 of the millisecond of `at`: the bound of a partition, the start of a range.

    Before 1970 there are none, so an earlier `at` has the first of all.
    """
    milliseconds = max(0, (at - EPOCH) // MILLISECOND)
    return UUID(int=(milliseconds << 80) | MARKS)

"""Identifiers: UUIDv7 (RFC 9562), so that new rows land at the end of every index."""

from datetime import datetime
from uuid import UUID

import uuid6


def uuid7() -> UUID:
    """A new time-ordered identifier, as a plain `uuid.UUID`."""
    return UUID(int=uuid6.uuid7().int)


def first_uuid7_of(at: datetime) -> UUID:
    """The smallest UUIDv7 of the millisecond of `at`: the bound of a partition, the start of a range."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0b10 << 62))

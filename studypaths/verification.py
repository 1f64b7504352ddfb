"""Proves that a log is what was recorded: every hash recomputed, every sequence in its place, every head as sealed.

An edit, a deletion, an insertion, a reordering or a cut tail shows as the first sequence that is not what it must be.
"""

from binascii import unhexlify
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from django.db import connection

from common.canonical import canonical_json
from common.crypto import seal_matches
from studypaths.events import GENESIS_HASH, head_message
from studypaths.log_reader import (
    CHAIN_FIELDS,
    NULL,
    all_learners,
    copy_lines,
    json_field,
    learners_removed,
    rfc3339_field,
    select_events,
    snapshot,
)
from studypaths.models import StudyPath

EVENTS_PER_READ = 500_000
NO_VALUE = b"null"
NO_PAYLOAD = b"{}"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a learner's log is not what was recorded."""

    learner_id: UUID
    sequence: int
    problem: str


@dataclass(slots=True)
class Verification:
    """What was checked: counts, and at most one break a learner."""

    learners: int = 0
    events: int = 0
    breaks: list[Break] = field(default_factory=list)


@dataclass(slots=True)
class _Chain:
    """A chain while it is walked: its end so far, the hash also in hexadecimal digits."""

    sequence: int = 0
    hash: bytes = GENESIS_HASH
    hex: bytes = GENESIS_HASH.hex().encode()
    problem: Break | None = None


class _Walker:
    """Walks the chains of several learners line by line. `feed` is the hot loop of verification."""

    def __init__(self) -> None:
        self.chains: dict[bytes, _Chain] = {}
        self.events = 0

    def feed(self, line: bytes) -> None:
        """Check one line of CHAIN_FIELDS against the end of its learner's chain."""
        fields = line[:-1].split(b"\t")
        self.events += 1
        chain = self.chains.get(fields[0])
        if chain is None:
            chain = self.chains[fields[0]] = _Chain()
        if chain.problem is not None:
            return
        expected = chain.sequence + 1
        if int(fields[1]) != expected:
            self._break(chain, fields, expected, f"expected sequence {expected}, found {int(fields[1])}")
        elif fields[9] != chain.hex:
            self._break(chain, fields, expected, "does not continue the event before it")
        else:
            try:
                digest = digest_of(fields, chain.hash)
            except (
                ValueError,
                OverflowError,
            ):  # a number or an instant with which no event was ever recorded
                self._break(chain, fields, expected, "was changed: it cannot be read")
                return
            if digest != unhexlify(fields[10]):
                self._break(chain, fields, expected, "was changed: its hash is not that of its content")
            else:
                chain.sequence, chain.hash, chain.hex = expected, digest, fields[10]

    @staticmethod
    def _break(chain: _Chain, fields: list[bytes], sequence: int, problem: str) -> None:
        chain.problem = Break(UUID(fields[0].decode()), min(sequence, int(fields[1])), problem)


def digest_of(fields: list[bytes], previous_hash: bytes) -> bytes:
    """The hash that a line of CHAIN_FIELDS must have: events.hash_of, assembled from the fields as they are.

    Only the payload needs parsing: the other fields have no character that JSON escapes (the actor's are restricted).
    """
    learner, sequence, event, task, path, kind, actor, occurred, created, _, _, sealed, payload = fields
    created_at = rfc3339_field(created)
    return sha256(
        b"".join(
            (
                previous_hash,
                b'{"actor":"', actor,
                b'","created_at":"', created_at,
                b'","event_type":"', kind,
                b'","id":"', event,
                b'","learner_id":"', learner,
                b'","occurred_at":"', created_at if occurred == created else rfc3339_field(occurred),
                b'","path_id":', NO_VALUE if path == NULL else b'"' + path + b'"',
                b',"payload":', payload if payload == NO_PAYLOAD else canonical_json(json_field(payload)),
                b',"sealed_digest":', NO_VALUE if sealed == NULL else b'"' + sealed + b'"',
                b',"sequence":', sequence,
                b',"task_id":', NO_VALUE if task == NULL else b'"' + task + b'"',
                b"}",
            )
        )
    ).digest()  # fmt: skip


def verify_learners(learner_ids: Sequence[UUID]) -> Verification:
    """Verify the whole log of these learners, in one snapshot of the database."""
    walker = _Walker()
    with snapshot():
        heads = _heads(learner_ids)
        travellers = _with_paths(learner_ids)
        copy_lines(*select_events(CHAIN_FIELDS, learner_ids), walker.feed)
    result = Verification(learners=len(learner_ids), events=walker.events)
    for learner_id in learner_ids:
        chain = walker.chains.get(str(learner_id).encode(), _Chain())
        begun = chain.sequence > 0 or learner_id in travellers
        problem = chain.problem or _head_problem(learner_id, chain, heads.get(learner_id), begun=begun)
        if problem:
            result.breaks.append(problem)
    return result


def verify_all(*, report: Callable[[Verification], None]) -> Verification:
    """Verify every learner's log, chunk by chunk; `report` is called with the totals so far after each chunk."""
    total = Verification()
    for learner_ids in all_learners(events=EVENTS_PER_READ):
        part = verify_learners(learner_ids)
        total.learners += part.learners
        total.events += part.events
        total.breaks += part.breaks
        report(total)
    total.breaks += [
        Break(each, 1, "belongs to nobody: its learner was removed") for each in learners_removed()
    ]
    return total


def _heads(learner_ids: Sequence[UUID]) -> dict[UUID, tuple[int, bytes, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT learner_id, sequence, hash, seal FROM chain_heads WHERE learner_id = ANY(%s)",
            [list(learner_ids)],
        )
        return {
            each: (sequence, bytes(head), bytes(seal)) for each, sequence, head, seal in cursor.fetchall()
        }


def _with_paths(learner_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the learners who have a path, and so must have a log."""
    return set(
        StudyPath.objects.filter(learner_id__in=learner_ids).values_list("learner_id", flat=True).distinct()
    )


def _head_problem(
    learner_id: UUID, chain: _Chain, head: tuple[int, bytes, bytes] | None, *, begun: bool
) -> Break | None:
    """What is wrong between the last event and the chain head, if anything. `begun`: there must be a log."""
    if head is None:
        return Break(learner_id, 1, "the chain head is missing") if begun else None
    sequence, head_hash, seal = head
    if not seal_matches(head_message(learner_id, sequence, head_hash), seal):
        return Break(learner_id, sequence, "the chain head is not sealed by this system")
    if sequence > chain.sequence:
        return Break(
            learner_id, chain.sequence + 1, f"is missing: the log ends before its head at {sequence}"
        )
    if sequence < chain.sequence:
        return Break(learner_id, sequence + 1, f"was added behind the head at {sequence}")
    if head_hash != chain.hash:
        return Break(learner_id, sequence, "is not the event that the head was sealed over")
    return None

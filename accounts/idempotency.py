"""`Idempotency-Key`: the same request sent twice changes something once and gets the same answer twice.

The key is claimed, the change made and the answer stored in one transaction, so there is no moment at which
one exists without the others. Two statements are added to a request; a duplicate waits on the unique index
until the first is done and then replays its answer.

Follows draft-ietf-httpapi-idempotency-key-header-07, except that a key may be any printable ASCII text.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

import orjson
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils.timezone import now
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.principal import Principal
from common.ids import uuid7
from common.json_body import JSON, encode
from common.problems import Conflict, InvalidRequest, Unprocessable

HEADER = "Idempotency-Key"
META_KEY = "HTTP_IDEMPOTENCY_KEY"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[\x20-\x7e]{1,255}")
KEPT_HEADERS = ("Location", "ETag")
LOCK_NOT_AVAILABLE = "55P03"
FORGET_AT_ONCE = 5000

CLAIM = """
    INSERT INTO idempotency_records (id, caller, key, request_digest, headers, created_at)
    VALUES (%s, %s, %s, %s, '{}', %s)
    ON CONFLICT (caller, key) DO NOTHING
"""
STORE = "UPDATE idempotency_records SET status = %s, headers = %s, body = %s WHERE id = %s"
RECALL = """
    SELECT request_digest, status, headers, body FROM idempotency_records WHERE caller = %s AND key = %s
"""
FORGET = """
    DELETE FROM idempotency_records WHERE id IN (
        SELECT id FROM idempotency_records WHERE created_at < %s
        ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
"""

View = TypeVar("View", bound=APIView)
P = ParamSpec("P")
Method = Callable[Concatenate[View, Request, P], HttpResponse]


class IdempotencyKeyReused(Unprocessable):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"


class IdempotencyKeyInUse(Conflict):
    code = "idempotency_key_in_use"
    title = "The first request with this Idempotency-Key is still being worked on"


def idempotent(method: Method[View, P]) -> Method[View, P]:
    """Make a view's `post` or `patch` answer a repeated `Idempotency-Key` from what it stored the first time.

    With the header, `method` runs inside one transaction; an answer of 400 or more, raised or returned, rolls
    all of it back and is not stored. Without the header it just runs. What must not happen inside a
    transaction (waiting for a verdict, calling another service) belongs outside of the decorated method.
    """

    @wraps(method)
    def answered_once(view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = request.META.get(META_KEY)
        caller = cast(Principal | None, request.user)
        if key is None or caller is None:
            return method(view, request, *args, **kwargs)
        check_key(key)
        with transaction.atomic():
            digest = digest_of(request)
            record = _claim(caller.actor, key, digest)
            if record is None:
                return _recall(caller.actor, key, digest)
            response = _rendered(method(view, request, *args, **kwargs))
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                _store(record, response)
            return response

    vars(answered_once)["is_idempotent"] = True  # read by common.openapi
    return answered_once


def replayed(request: Request) -> HttpResponse | None:
    """The stored answer of a request that was carried out before; None for a first one, and without the header.

    For what a view prepares outside of its `idempotent` method: a repeated request needs none of it, and must get
    its answer even while a service that the first one asked is away. Raises `IdempotencyKeyReused`, `InvalidRequest`.
    """
    key = request.META.get(META_KEY)
    caller = cast(Principal | None, request.user)
    if key is None or caller is None:
        return None
    check_key(key)
    stored = _stored(caller.actor, key)
    return None if stored is None else _answer(stored, digest_of(request))


def check_key(key: str) -> None:
    """`InvalidRequest` unless the header's value can be a key."""
    if not KEY.fullmatch(key):
        raise InvalidRequest.at(HEADER, "idempotency_key", "The key must be 1 to 255 printable characters.")


def digest_of(request: Request) -> bytes:
    """SHA-256 over what makes two requests the same: method, path, query, body."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request.body)
    return digest.digest()


def _claim(caller: str, key: str, digest: bytes) -> UUID | None:
    """The id of the new record; None when the key has an answer. Waits for a concurrent first request."""
    record = uuid7()
    with connection.cursor() as cursor:
        try:
            cursor.execute(CLAIM, [record, caller, key, digest, now()])
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE:
                raise
            raise IdempotencyKeyInUse("Please ask again.", headers={"Retry-After": "1"}) from error
        return record if cursor.rowcount else None


def _store(record: UUID, response: HttpResponse) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    with connection.cursor() as cursor:
        cursor.execute(
            STORE, [response.status_code, orjson.dumps(headers).decode(), response.content, record]
        )


def _recall(caller: str, key: str, digest: bytes) -> HttpResponse:
    stored = _stored(caller, key)
    if stored is None:  # forgotten between the two statements
        raise IdempotencyKeyInUse("Please ask again.", headers={"Retry-After": "1"})
    return _answer(stored, digest)


def _stored(caller: str, key: str) -> tuple[Any, ...] | None:
    """What is kept under a key. An answer is stored by the transaction that makes the record: none lacks it."""
    with connection.cursor() as cursor:
        cursor.execute(RECALL, [caller, key])
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def _answer(stored: tuple[Any, ...], digest: bytes) -> HttpResponse:
    stored_digest, status, headers, body = stored
    if bytes(stored_digest) != digest:
        raise IdempotencyKeyReused("Method, path or body differ from the first request with this key.")
    kept = {**orjson.loads(headers), REPLAYED: "true"}
    return HttpResponse(bytes(body), status=status, content_type=JSON, headers=kept)


def _rendered(response: HttpResponse) -> HttpResponse:
    """`response` with its body in it: DRF renders its own kind only after the view has returned."""
    if not isinstance(response, Response):
        return response
    body = b"" if response.data is None else encode(response.data)
    headers = {**response.headers, "Content-Type": JSON}
    return HttpResponse(body, status=response.status_code, headers=headers)


def forget_idempotency_keys(*, before: datetime) -> int:
    """Delete the records made before `before`, in chunks that hold no lock for long; how many there were."""
    forgotten = chunk = _forget_chunk(before)
    while chunk == FORGET_AT_ONCE:
        chunk = _forget_chunk(before)
        forgotten += chunk
    return forgotten


def _forget_chunk(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [before, FORGET_AT_ONCE])
        return int(cursor.rowcount)

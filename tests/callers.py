"""People and services that call the API in tests: a token each, and requests that carry it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.test import Client
from django.utils import timezone

from accounts import issuer
from accounts.models import User


def token_for(subject: str, role: str = "learner") -> str:
    """A token of the embedded issuer, good for an hour."""
    return issuer.issue_token(subject=subject, role=role, at=timezone.now(), lifetime=timedelta(hours=1))


@dataclass(frozen=True)
class Caller:
    """Somebody with a token. A learner has a `learner_id`; a mentor or a member of staff has a `user`."""

    name: str
    token: str
    learner_id: UUID | None = None
    user: User | None = None

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self._client(headers).get(path, query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._client(headers).post(path, _json(body), content_type="application/json")

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._client(headers).patch(path, _json(body), content_type="application/json")

    def _client(self, headers: dict[str, str]) -> Client:
        """Headers are given as keywords: `idempotency_key="k"` sends `Idempotency-Key: k`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(headers={"authorization": f"Bearer {self.token}", **named})


def _json(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)

"""Limits on requests: fixed windows (a minute, an hour), counted in Redis in one round trip (two for a new window).

While Redis is away everyone is let through, and it is left alone for a few seconds.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from common.problems import TooManyRequests

if TYPE_CHECKING:  # DRF's views import this module for their default throttle
    from rest_framework.views import APIView

WINDOW_SECONDS = 60
REDIS_TIMEOUT_SECONDS = 0.25
LEAVE_ALONE_SECONDS = 5.0
LOG_EVERY_SECONDS = 60.0

logger = logging.getLogger(__name__)
wall_clock: Callable[[], float] = time.time


class Counter:
    """Counts in Redis; None while Redis is away."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            retry=None,
        )
        self._clock = clock
        self._away_until = 0.0
        self._log_after = 0.0

    def add(self, key: str, *, window_seconds: int = WINDOW_SECONDS) -> int | None:
        """One more under `key`, which is forgotten after two windows.

        A plain INCR takes two thirds of the time of a script or pipeline. The key names its window, so a
        process that dies before EXPIRE leaves a few bytes behind, never a wrong count.
        """
        if self._clock() < self._away_until:
            return None
        try:
            return self._count(key, window_seconds)
        except redis.RedisError as error:
            self._leave_alone(error)
            return None

    def _count(self, key: str, window_seconds: int) -> int:
        count = int(self._redis.incr(key))
        if count == 1:
            self._redis.expire(key, 2 * window_seconds)
        return count

    def _leave_alone(self, error: redis.RedisError) -> None:
        moment = self._clock()
        self._away_until = moment + LEAVE_ALONE_SECONDS
        if moment >= self._log_after:
            self._log_after = moment + LOG_EVERY_SECONDS
            logger.warning("requests are not limited, Redis is away: %s", type(error).__name__)


@cache
def counter(url: str) -> Counter:
    """The counter of this process; its pool of connections is safe between threads."""
    return Counter(url)


class RequestThrottle(BaseThrottle):
    """REQUESTS_PER_MINUTE for each learner, and for each address on calls that need no token; 0 is no limit.

    Services and people are not limited. Raises `TooManyRequests`; counted answers carry RateLimit headers.
    """

    scope: ClassVar[str] = "requests"
    setting: ClassVar[str] = "REQUESTS_PER_MINUTE"
    window_seconds: ClassVar[int] = WINDOW_SECONDS
    window_name: ClassVar[str] = "a minute"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        limit: int = getattr(settings, self.setting)
        who = caller_of(request) if limit > 0 else None
        if who is None:
            return True
        window, passed = divmod(wall_clock(), self.window_seconds)
        count = counter(settings.REDIS_URL).add(
            f"throttle:{self.scope}:{who}:{window:.0f}", window_seconds=self.window_seconds
        )
        if count is None:
            return True
        reset = self.window_seconds - int(passed)
        self._tell(view, limit, max(0, limit - count), reset)
        if count > limit:
            raise TooManyRequests(
                f"At most {limit} {self.scope} {self.window_name} are answered.", retry_after=reset
            )
        return True

    @staticmethod
    def _tell(view: Any, limit: int, remaining: int, reset: int) -> None:
        """DRF puts `view.headers` on every answer, refusals too. Of two limits the nearer one is told."""
        told = view.headers.get("RateLimit-Remaining")
        if told is None or remaining <= int(told):
            view.headers["RateLimit-Limit"] = str(limit)
            view.headers["RateLimit-Remaining"] = str(remaining)
            view.headers["RateLimit-Reset"] = str(reset)


class SubmitThrottle(RequestThrottle):
    """SUBMITS_PER_MINUTE for each learner, beside the limit of requests."""

    scope = "submits"
    setting = "SUBMITS_PER_MINUTE"


class PathThrottle(RequestThrottle):
    """PATHS_PER_MINUTE for each learner: a path is a dozen rows and events that stay for ever."""

    scope = "paths"
    setting = "PATHS_PER_MINUTE"


class ExportThrottle(RequestThrottle):
    """EXPORTS_PER_HOUR for each learner (requirement 6.15)."""

    scope = "exports"
    setting = "EXPORTS_PER_HOUR"
    window_seconds = 3_600
    window_name = "an hour"


def caller_of(request: Request) -> str | None:
    """Who is counted; None for services and people."""
    principal: Any = request.user  # an accounts.principal.Principal, or None on calls without a token
    if principal is None:
        return f"address:{address_of(request)}"
    return str(principal.actor) if principal.is_learner else None


def address_of(request: Request) -> str:
    """The caller's address; behind a proxy (BEHIND_PROXY) what that proxy saw, not what the caller claims."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        nearest = str(forwarded).rpartition(",")[2].strip()
        if nearest:
            return nearest[:64]
    return str(request.META.get("REMOTE_ADDR", ""))

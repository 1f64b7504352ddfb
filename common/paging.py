"""Cursor pages on a keyset: as fast at the millionth row as at the first, and stable while rows are added.

HISTORY = Keyset("history", (("scheduled_at", "instant"), ("id", "uuid")), descending=True)

page = KeysetPage.of(request, HISTORY)
condition, values = page.condition(("t.scheduled_at", "t.id"))       # SQL by hand
rows = fetch(f"... WHERE {condition} ORDER BY {page.order_by(...)} LIMIT {page.fetch}", values)
rows = page.rows_of(tasks).values_list(...)                            # or a queryset
return json_response(page.answer(list(rows), key=lambda row: (row[3], row[0])))
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import orjson
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.utils.encoding import escape_uri_path
from rest_framework.request import Request

from common.parameters import UNREADABLE, parse_int
from common.problems import InvalidRequest

PAGE_PARAMETERS = frozenset({"limit", "cursor"})
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_CURSOR_LENGTH = 1000

Kind = Literal["instant", "int", "text", "uuid"]
Row = TypeVar("Row")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Keyset:
    """An ordering: NOT NULL columns, the last of them unique, all ascending or all descending.

    One direction for all lets PostgreSQL answer a page by one range of an index on the columns. `name` ties a
    cursor to its ordering: a cursor of another one is refused.
    """

    name: str
    columns: tuple[tuple[str, Kind], ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """What one page asks for: `limit` rows after (or, `backwards`, before) the row with the key `start`."""

    request: Request
    keyset: Keyset
    limit: int = DEFAULT_LIMIT
    start: tuple[Any, ...] | None = None
    backwards: bool = False
    #: Rows to fetch: one more than are shown, which tells whether there is a further page.
    fetch: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fetch", self.limit + 1)

    @classmethod
    def of(cls, request: Request, keyset: Keyset) -> "KeysetPage":
        """The page that `limit` (1 to 200, default 50) and `cursor` of the request ask for."""
        parameters = request.query_params
        limit, cursor = parameters.get("limit"), parameters.get("cursor")
        rows = DEFAULT_LIMIT if limit is None else parse_int(limit, "limit", minimum=1, maximum=MAX_LIMIT)
        if cursor is None:
            return cls(request, keyset, rows)
        backwards, start = read_cursor(cursor, keyset)
        return cls(request, keyset, rows, start, backwards)

    @property
    def _downwards(self) -> bool:
        return self.keyset.descending != self.backwards

    def condition(self, columns: Sequence[str]) -> tuple[str, list[Any]]:
        """The SQL condition on `columns` (expressions in the order of the keyset) and its values."""
        if self.start is None:
            return "TRUE", []
        marks = ", ".join(["%s"] * len(columns))
        return f"({', '.join(columns)}) {'<' if self._downwards else '>'} ({marks})", list(self.start)

    def order_by(self, columns: Sequence[str]) -> str:
        """The SQL after ORDER BY, for the same expressions as `condition`."""
        direction = "DESC" if self._downwards else "ASC"
        return ", ".join(f"{column} {direction}" for column in columns)

    def rows_of(self, queryset: QuerySet[M, Row]) -> QuerySet[M, Row]:
        """`queryset` narrowed, ordered and cut to this page (and one row more)."""
        names = [name for name, _ in self.keyset.columns]
        if self.start is not None:
            queryset = queryset.filter(row_beyond(names, self.start, below=self._downwards))
        sign = "-" if self._downwards else ""
        return queryset.order_by(*(sign + name for name in names))[: self.fetch]

    def answer(
        self,
        rows: list[Row],
        *,
        key: Callable[[Row], tuple[Any, ...]],
        show: Callable[[Row], Any] | None = None,
    ) -> dict[str, Any]:
        """`{next, previous, results}` for the rows fetched (at most `fetch`, in the order of `order_by`).

        `key` gives the keyset values of a row, `show` its JSON form.
        """
        more = len(rows) > self.limit
        shown = rows[: self.limit]
        if self.backwards:
            shown.reverse()
        first, last = (key(shown[0]), key(shown[-1])) if shown else (None, None)
        has_next = self.backwards or more
        has_previous = more if self.backwards else self.start is not None
        return {
            "next": self._link(last, backwards=False) if has_next else None,
            "previous": self._link(first, backwards=True) if has_previous and first else None,
            "results": shown if show is None else [show(row) for row in shown],
        }

    def _link(self, start: tuple[Any, ...] | None, *, backwards: bool) -> str:
        """The absolute URL of a neighbouring page; without `start` the first page."""
        request = self.request
        kept = [
            part for part in request.META.get("QUERY_STRING", "").split("&") if not part.startswith("cursor=")
        ]
        if start is not None:
            kept.append(f"cursor={write_cursor(self.keyset, start, backwards=backwards)}")
        query = "&".join(part for part in kept if part)
        path = escape_uri_path(request.path)
        return request.build_absolute_uri(f"{path}?{query}" if query else path)


def write_cursor(keyset: Keyset, start: tuple[Any, ...], *, backwards: bool) -> str:
    """Opaque to callers. It names a place, never what may be seen there, so it needs no signature."""
    packed = orjson.dumps([keyset.name, backwards, *start])
    return urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(cursor: str, keyset: Keyset) -> tuple[bool, tuple[Any, ...]]:
    """Direction and key of a cursor of this keyset; `InvalidRequest` for anything else."""
    try:
        return _unpacked(cursor, keyset)
    except (ValueError, TypeError, OverflowError) as unreadable:
        raise InvalidRequest.at("cursor", "cursor", "This is no cursor of this list.") from unreadable


def _unpacked(cursor: str, keyset: Keyset) -> tuple[bool, tuple[Any, ...]]:
    packed = urlsafe_b64decode(cursor[:MAX_CURSOR_LENGTH].encode("ascii") + b"==")
    name, backwards, *start = orjson.loads(packed)
    if name != keyset.name or not isinstance(backwards, bool):
        raise ValueError("a cursor of another list")
    kinds = [kind for _, kind in keyset.columns]
    return backwards, tuple(_READERS[kind](value) for kind, value in zip(kinds, start, strict=True))


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError("no offset")
    return instant.astimezone(UTC)


def _integer(value: Any) -> int:
    if type(value) is not int or abs(value) >= 2**63:
        raise ValueError("no integer")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or UNREADABLE.search(value):
        raise ValueError("no text")
    return value


def _uuid(value: Any) -> UUID:
    return UUID(_text(value))


_READERS: dict[Kind, Callable[[Any], Any]] = {
    "instant": _instant,
    "int": _integer,
    "text": _text,
    "uuid": _uuid,
}


def row_beyond(names: Sequence[str], start: Sequence[Any], *, below: bool) -> Func:
    """The row comparison `(a, b) < (x, y)`: one index range to PostgreSQL, which the same with OR is not."""
    return Func(
        _row([F(name) for name in names]),
        _row([Value(value) for value in start]),
        template="%(expressions)s",
        arg_joiner=" < " if below else " > ",
        output_field=BooleanField(),
    )


def _row(expressions: Sequence[F | Value]) -> Func:
    return Func(*expressions, template="(%(expressions)s)", output_field=BooleanField())

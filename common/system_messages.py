"""What staff must know whichever page of the admin they look at, until somebody puts it right.

Apps above `common` add their own with `register`, in the `ready` of their configuration.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Source = Callable[[], str]

_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Ask `source` on every admin page: what is wrong and what to do, in plain words, or nothing. It must be cheap.

    The same name again replaces it.
    """
    _sources[name] = source


def system_messages() -> list[str]:
    """What there is to say now, in the order of registration."""
    return [message for source in _sources.values() if (message := source())]


def context(request: HttpRequest) -> dict[str, Any]:
    """For templates (a context processor). Sources are asked by the template that uses it, and by no other."""
    return {"system_messages": system_messages}

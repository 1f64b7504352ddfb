"""What stands around every view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common import errors, foreign_errors


class DatabaseOutageMiddleware:
    """A database that cannot be reached is a 503 with Retry-After, wherever outside DRF it is noticed.

    The broken connection is closed, so that this thread's next request opens a new one. An outage inside
    another middleware does not come to `process_exception`; `common.errors.server_error` answers that one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        failure = foreign_errors.outage(exception)
        return None if failure is None else errors.outside_a_view(request, failure)

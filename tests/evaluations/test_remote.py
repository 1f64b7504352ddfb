"""HTTP with engines is bounded in time, whatever they send."""

import itertools
import socket
import threading
from contextlib import suppress

import pytest

from evaluations.remote import TooLate, Transport


def dripping(beginning: bytes, drops: bytes, stopped: threading.Event) -> socket.socket:
    """A listening service that answers one request: the beginning at once, then the drops one by one, for ever."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):  # the client hangs up
            connection.recv(1 << 16)
            connection.sendall(beginning)
            for drop in itertools.cycle(drops):
                if stopped.wait(0.02):
                    return
                connection.sendall(bytes([drop]))

    threading.Thread(target=serve, daemon=True).start()
    return listening


HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("beginning", "drops"),
    [
        (b"HTTP/1.1 200 ", b"O"),
        (HEADERS + b"X-Slow: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (HEADERS + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
        (HEADERS + b"Content-Length: 1000000\r\n\r\n", b" "),
    ],
    ids=["status line", "header", "interim answers", "length of a chunk", "body"],
)
def test_whatever_part_of_an_answer_drips_it_is_late(beginning: bytes, drops: bytes) -> None:
    """A byte now and then keeps every timeout of the socket from running out; without the bound this never ends."""
    stopped = threading.Event()
    pauses: list[float] = []
    with dripping(beginning, drops, stopped) as listening:
        engine = Transport(
            "The engine", f"http://127.0.0.1:{listening.getsockname()[1]}", 0.5, pause=pauses.append
        )

        with pytest.raises(TooLate, match=r"within 0\.5 s"):
            engine.exchange("GET", "/")

        stopped.set()
    assert pauses == []

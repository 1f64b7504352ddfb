"""A light load generator: ready-made requests over keep-alive connections, one process, no HTTP library.

It runs on the machine that it measures, so whatever it costs is missing from the server's figures.
"""

import select
import socket
import time
from dataclasses import dataclass, field

SECONDS_WITHOUT_ANSWER = 30
READ_BYTES = 1 << 18


class UnexpectedAnswer(RuntimeError):
    """The server answered with another status than the benchmark is about."""


@dataclass(slots=True)
class Client:
    """One connection with the requests that it will send, one after the other."""

    socket: socket.socket
    requests: list[bytes]
    sent: int = 0
    received: bytes = b""
    latencies: list[float] = field(default_factory=list)
    sent_at: float = 0.0

    def send_next(self) -> bool:
        """False when there is nothing left to send."""
        if self.sent == len(self.requests):
            return False
        self.sent_at = time.monotonic()
        self.socket.sendall(self.requests[self.sent])
        self.sent += 1
        return True


def request_bytes(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items())]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    if body:
        lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(port: int, requests: list[list[bytes]], status: int, start_at: float) -> tuple[float, list[float]]:
    """Send each list over a connection of its own from `start_at` (monotonic seconds) on.

    Returns when the last answer came and the latencies in seconds. Raises `UnexpectedAnswer`.
    """
    clients: dict[int, Client] = {}
    poll = select.epoll()
    for each in requests:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        clients[connection.fileno()] = Client(connection, each)
        poll.register(connection, select.EPOLLIN)
    time.sleep(max(0.0, start_at - time.monotonic()))
    waiting = sum(client.send_next() for client in clients.values())
    expected = str(status).encode()
    while waiting:
        ready = poll.poll(SECONDS_WITHOUT_ANSWER)
        if not ready:
            raise UnexpectedAnswer("no answer")
        for descriptor, _ in ready:
            waiting -= not _go_on(clients[descriptor], expected)
    end = time.monotonic()
    for client in clients.values():
        client.socket.close()
    return end, [latency for client in clients.values() for latency in client.latencies]


def _go_on(client: Client, expected: bytes) -> bool:
    """Take what came; when the answer is whole, send the next request. False when the client is finished."""
    data = client.socket.recv(READ_BYTES)
    client.received = client.received + data if client.received else data
    if not data or not _is_whole(client.received):
        if not data:
            raise UnexpectedAnswer("the server closed the connection")
        return True
    if client.received[9:12] != expected:
        raise UnexpectedAnswer(client.received[:1500].decode(errors="replace"))
    client.latencies.append(time.monotonic() - client.sent_at)
    client.received = b""
    return client.send_next()


def _is_whole(received: bytes) -> bool:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    place = received.lower().find(b"content-length: ", 0, end)
    if place < 0:
        return True
    length = int(received[place + 16 : received.find(b"\r", place)])
    return len(received) >= end + 4 + length

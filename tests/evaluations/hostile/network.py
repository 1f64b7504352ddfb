# expect: accepted
import socket


def found(attempts):
    done = []
    for attempt in attempts:
        try:
            done.append(repr(attempt())[:200])
        except (OSError, AttributeError, KeyError, IndexError, ValueError):
            pass
    return done


def square(n):
    done = found([
        lambda: socket.socket(),
        lambda: socket.socket(socket.AF_UNIX),
        lambda: socket.create_connection(('127.0.0.1', 22), 1),
        lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        lambda: socket.socket(38, 5),
        lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
        lambda: socket.getaddrinfo('example.org', 80),
    ])
    return done or n * n

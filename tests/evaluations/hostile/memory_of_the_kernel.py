# expect: accepted; tests: 1; time: 5000
# What the kernel keeps for a process is in no limit of addresses: pipes, sockets and descriptors in flight must add up to
# no more than a few megabytes.
import array
import os
import socket


def square(n):
    total, held = 0, []

    def fill(write):
        nonlocal total
        try:
            for _ in range(1000):
                total += write()
        except (OSError, BlockingIOError):
            pass

    try:
        while True:
            pair = socket.socketpair()
            held.append(pair)
            for end in pair:
                end.setblocking(False)
                fill(lambda: end.send(bytes(65536)))
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            fill(lambda: os.write(writer, bytes(65536)))
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [reader, writer]))]
            pair[0].sendmsg([b'x'], rights)
            os.close(reader)
            os.close(writer)
    except OSError:
        pass
    return n * n if total < 64 << 20 else total

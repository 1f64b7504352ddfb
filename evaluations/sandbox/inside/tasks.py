"""How many tasks (processes and threads) count towards a limit of processes already."""

from __future__ import annotations

import errno
import os
import resource


def tasks_of_this_uid() -> int:
    """As the kernel counts them for RLIMIT_NPROC, found by asking it: no /proc shows those in other containers.

    Root, whom the kernel does not hold to that limit, gets 0.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    least, most = 1, _tasks_of_the_machine() + 1
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    try:
        while least < most:  # the least limit that lets one more in
            middle = (least + most) // 2
            resource.setrlimit(resource.RLIMIT_NPROC, (middle, hard))
            if _may_fork():
                most = middle
            else:
                least = middle + 1
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    return least - 1


def _tasks_of_the_machine() -> int:
    descriptor = os.open("/proc/loadavg", os.O_RDONLY)
    try:
        return int(os.read(descriptor, 200).split()[3].partition(b"/")[2])
    finally:
        os.close(descriptor)


def _may_fork() -> bool:
    try:
        pid = os.fork()
    except OSError as refused:
        if refused.errno != errno.EAGAIN:
            raise
        return False
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True

"""The system calls a submission may use, compiled to a seccomp (classic BPF) program.

Everything not listed fails with EPERM. A few fail with ENOSYS so that libc and node fall back to an older
call that is filtered by argument. A foreign architecture or the x32 ABI kills the process: their numbers
mean other calls. Numbers: Linux `unistd_64.h` (x86_64) and `asm-generic/unistd.h` (aarch64).
"""

from __future__ import annotations

import struct

X86_64, AARCH64 = "x86_64", "aarch64"
_COLUMN = {X86_64: 0, AARCH64: 1}
_AUDIT_ARCH = {X86_64: 0xC000003E, AARCH64: 0xC00000B7}
_X32_BIT = 0x40000000

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = 1, 38

# fmt: off
PLAIN: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67),
    "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70), "close": (3, 57),
    "close_range": (436, 436),
    "lseek": (8, 62), "fstat": (5, 80), "newfstatat": (262, 79), "stat": (4, None), "lstat": (6, None),
    "statx": (332, 291), "open": (2, None), "openat": (257, 56), "access": (21, None),
    "faccessat": (269, 48),
    "readlink": (89, None), "readlinkat": (267, 78), "getcwd": (79, 17), "getdents64": (217, 61),
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "pipe": (22, None), "pipe2": (293, 59),
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "epoll_create": (213, None), "epoll_create1": (291, 20), "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22), "eventfd2": (290, 19), "munmap": (11, 215), "mprotect": (10, 226),
    "mremap": (25, 216), "madvise": (28, 233), "brk": (12, 214), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132),
    "futex": (202, 98),
    "set_robust_list": (273, 99), "rseq": (334, 293), "set_tid_address": (218, 96), "sched_yield": (24, 124),
    "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126), "getcpu": (309, 168),
    "nanosleep": (35, 101), "gettimeofday": (96, 169), "time": (201, None), "times": (100, 153), "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148), "getresgid": (120, 150), "getgroups": (115, 158), "getpgrp": (111, None),
    "uname": (63, 160), "sysinfo": (99, 179), "getrlimit": (97, 163), "getrusage": (98, 165), "getrandom": (318, 278),
    "exit": (60, 93), "exit_group": (231, 94), "arch_prctl": (158, None), "restart_syscall": (219, 128),
    "membarrier": (324, 283), "getitimer": (36, 102), "setitimer": (38, 103), "alarm": (37, None),
    "pause": (34, None), "shutdown": (48, 210), "sendto": (44, 206),
    "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212), "getsockname": (51, 204),
    "getpeername": (52, 205), "getsockopt": (55, 209),
}
FILTERED: dict[str, tuple[int, int]] = {
    "mmap": (9, 222), "kill": (62, 129), "tgkill": (234, 131), "fcntl": (72, 25), "ioctl": (16, 29),
    "prlimit64": (302, 261), "prctl": (157, 167), "socketpair": (53, 199), "clone": (56, 220),
    "execve": (59, 221), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115), "getpgid": (121, 155), "getsid": (124, 156), "getpriority": (140, 141),
    "sched_getaffinity": (204, 123), "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
}
ABSENT: dict[str, tuple[int, int]] = {
    "clone3": (435, 435), "io_uring_setup": (425, 425), "faccessat2": (439, 439), "openat2": (437, 437),
    "memfd_create": (319, 279),
}
# fmt: on

_FCNTL = (
    0,
    1,
    2,
    3,
    4,
    1030,
)  # DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC: no owner, no locks, no leases
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIO(N)CLEX
_PRCTL = (15, 16, 0x53564D41)  # SET_NAME, GET_NAME, SET_VMA
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE_MASK = 1, 1, 0xF
_SHARED_ANONYMOUS, _GROWS_DOWN = 0x21, 0x100  # neither is counted by RLIMIT_DATA
_FIRST_CLOCK_OF_A_PROCESS = 16  # and all below 0: anyone may read those of any process
_PRIO_PROCESS = 0
_CLONE_THREAD = 0x10000
_CLONE_NEW_ANYTHING = 0x7E020000 | 0x80  # every CLONE_NEW* flag, NEWTIME included

_LD, _JEQ, _JGE, _JSET, _AND, _RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_OWN_PID = 0x7E57C0DE
"""Stands for the child's pid until `for_process` puts it in."""

Instruction = tuple[int, int, int, int]


def _word(argument: int, *, high: bool = False) -> Instruction:
    return (_LD, 0, 0, 16 + 8 * argument + (4 if high else 0))


def _ret(value: int) -> Instruction:
    return (_RET, 0, 0, value)


_REFUSE = _ret(ERRNO | EPERM)
_ABSENT = _ret(ERRNO | ENOSYS)


def _allow_if(value: int) -> list[Instruction]:
    return [(_JEQ, 0, 1, value), _ret(ALLOW)]


def _one_of(argument: int, values: tuple[int, ...]) -> list[Instruction]:
    checks = [step for value in values for step in _allow_if(value)]
    return [_word(argument), *checks, _REFUSE]


def _all_zero(*arguments: int) -> list[Instruction]:
    steps: list[Instruction] = []
    for argument in arguments:
        for high in (False, True):
            steps += [_word(argument, high=high), (_JEQ, 1, 0, 0), _REFUSE]
    return [*steps, _ret(ALLOW)]


def _rules(exec_pointer: int) -> dict[str, list[Instruction]]:
    """What each filtered call is allowed, as code that always returns."""
    stream_pair = [_word(0), (_JEQ, 1, 0, _AF_UNIX), _REFUSE, _word(1), (_AND, 0, 0, _SOCK_TYPE_MASK)]
    own_process = [_word(0), *_allow_if(0), *_allow_if(_OWN_PID)]
    fixed_clock = [_word(0), (_JGE, 0, 1, _FIRST_CLOCK_OF_A_PROCESS), _REFUSE, _ret(ALLOW)]
    thread_only = [
        _word(0),
        (_JSET, 1, 0, _CLONE_THREAD),
        _REFUSE,
        (_JSET, 0, 1, _CLONE_NEW_ANYTHING),
        _REFUSE,
    ]
    rules = {
        "mmap": [
            _word(3),
            (_JSET, 0, 1, _GROWS_DOWN),
            _REFUSE,
            (_AND, 0, 0, _SHARED_ANONYMOUS),
            (_JEQ, 0, 1, _SHARED_ANONYMOUS),
            _REFUSE,
            _ret(ALLOW),
        ],
        "kill": _one_of(0, (_OWN_PID,)),
        "tgkill": _one_of(0, (_OWN_PID,)),
        "fcntl": _one_of(1, _FCNTL),
        "ioctl": _one_of(1, _IOCTL),
        "prlimit64": _all_zero(0, 2),
        "prctl": _one_of(0, _PRCTL),
        "socketpair": [*stream_pair, *_allow_if(_SOCK_STREAM), _REFUSE],
        "clone": [*thread_only, _ret(ALLOW)],
        "getpriority": [_word(0), (_JEQ, 1, 0, _PRIO_PROCESS), _REFUSE, *_one_of(1, (0, _OWN_PID))],
        # glibc asks for each thread of its own, and goes on without where the call is absent.
        "sched_getaffinity": [*own_process, _ABSENT],
    }
    for name in ("clock_gettime", "clock_getres", "clock_nanosleep"):
        rules[name] = fixed_clock
    for name in ("getpgid", "getsid", "sched_getparam", "sched_getscheduler"):
        rules[name] = [*own_process, _REFUSE]
    if exec_pointer:
        low, high = exec_pointer & 0xFFFFFFFF, exec_pointer >> 32
        same = [_word(0), (_JEQ, 1, 0, low), _REFUSE, _word(0, high=True), *_allow_if(high), _REFUSE]
        rules["execve"] = same
    return rules


def _arch_check(machine: str) -> list[Instruction]:
    steps: list[Instruction] = [
        (_LD, 0, 0, 4),
        (_JEQ, 1, 0, _AUDIT_ARCH[machine]),
        _ret(KILL),
        (_LD, 0, 0, 0),
    ]
    if machine == X86_64:
        steps += [(_JGE, 0, 1, _X32_BIT), _ret(KILL)]
    return steps


def _listed(machine: str) -> list[Instruction]:
    numbers = [numbers[_COLUMN[machine]] for numbers in PLAIN.values()]
    return [step for number in numbers if number is not None for step in _allow_if(number)]


def program(machine: str, *, exec_pointer: int = 0) -> bytes:
    """The filter for `machine` (x86_64 or aarch64); ValueError for others.

    `exec_pointer` is the address of the only path that execve may be given, 0 for none at all.
    """
    if machine not in _COLUMN:
        raise ValueError(f"no system call table for {machine}")
    steps = _arch_check(machine) + _listed(machine)
    for name, body in _rules(exec_pointer).items():
        steps += [(_JEQ, 0, len(body), FILTERED[name][_COLUMN[machine]]), *body]
    for numbers in ABSENT.values():
        steps += [(_JEQ, 0, 1, numbers[_COLUMN[machine]]), _ABSENT]
    steps.append(_REFUSE)
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def for_process(template: bytes, pid: int) -> bytes:
    """`template` with the own-pid checks set to `pid`: compiling it anew would cost more than the fork."""
    return template.replace(struct.pack("=I", _OWN_PID), struct.pack("=I", pid))

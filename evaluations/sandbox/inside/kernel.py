"""The system calls that Python 3.11 does not wrap, by ctypes. Every function raises OSError with the errno
of the call."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

MACHINE = os.uname().machine
NUMBERS = {
    "x86_64": {"pivot_root": 155, "capset": 126},
    "aarch64": {"pivot_root": 41, "capset": 91},
}
# From 5.0 on a system call has one number on every architecture.
_MOUNT_SETATTR, _LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 442, 444, 445, 446

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MOUNT_READ_ONLY, _MOUNT_NOSUID, _MOUNT_NODEV = 1, 2, 4
_AT_RECURSIVE, _MNT_DETACH, _AT_FDCWD = 0x8000, 2, -100

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = (
    1,
    4,
    22,
    24,
    38,
)
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 40
_M_ARENA_MAX = -8


class SystemCallNumberUnknown(OSError):
    """This machine's architecture has no table here."""


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _number(name: str) -> int:
    try:
        return NUMBERS[MACHINE][name]
    except KeyError:
        raise SystemCallNumberUnknown(38, f"no number of {name} known on {MACHINE}") from None


def _syscall(what: str, number: int, *args: object) -> int:
    words = [ctypes.c_long(value) if isinstance(value, int) else value for value in args]
    return _check(_libc.syscall(ctypes.c_long(number), *words), what)


def _prctl(what: str, *args: int) -> int:
    words = [ctypes.c_ulong(value) for value in (*args, 0, 0, 0, 0)[1:5]]
    return _check(_libc.prctl(args[0], *words), what)


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` (CLONE_NEW*)."""
    _check(_libc.unshare(flags), "unshare")


def set_host_name(name: str) -> None:
    """Name this UTS namespace."""
    _check(_libc.sethostname(name.encode(), len(name)), "sethostname")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """mount(2)."""
    arguments = (
        os.fsencode(source),
        os.fsencode(target),
        kind.encode(),
        ctypes.c_ulong(flags),
        data.encode(),
    )
    _check(_libc.mount(*arguments), f"mount {target}")


def make_read_only(target: str, *, recursive: bool) -> None:
    """Set read-only, nosuid and nodev on a mount; unlike a remount it keeps flags that the outer namespace
    locked."""
    attributes = (ctypes.c_uint64 * 4)(_MOUNT_READ_ONLY | _MOUNT_NOSUID | _MOUNT_NODEV, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    _syscall(
        f"mount_setattr {target}",
        _MOUNT_SETATTR,
        _AT_FDCWD,
        ctypes.c_char_p(os.fsencode(target)),
        flags,
        ctypes.byref(attributes),
        ctypes.sizeof(attributes),
    )


def pivot_root_here() -> None:
    """Make the current directory the root and detach the old one."""
    here = ctypes.c_char_p(b".")
    _syscall("pivot_root", _number("pivot_root"), here, here)
    _check(_libc.umount2(b".", _MNT_DETACH), "umount old root")


def die_with_parent() -> None:
    """SIGKILL when the thread that started this process ends. Cleared by every change of uid: call it again
    after one."""
    _prctl("PR_SET_PDEATHSIG", _PR_SET_PDEATHSIG, 9)


def hide_memory() -> None:
    """No core dump, and no other process of the same uid may read or trace this one."""
    _prctl("PR_SET_DUMPABLE", _PR_SET_DUMPABLE, 0)


def forbid_new_privileges() -> None:
    """An executed file can never add a privilege; also the condition for an unprivileged seccomp filter."""
    _prctl("PR_SET_NO_NEW_PRIVS", _PR_SET_NO_NEW_PRIVS, 1)


def drop_bounding_set() -> None:
    """Take every capability out of the bounding set, as far as the kernel knows it."""
    for capability in range(_LAST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break
    _libc.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(_PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)


def drop_capabilities() -> None:
    """Empty the effective, permitted and inheritable sets."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _syscall("capset", _number("capset"), ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))


def install_filter(program: bytes) -> None:
    """Load a compiled seccomp program (array of sock_filter) for this process."""
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    argument = Program(len(program) // 8, ctypes.addressof(buffer))
    _prctl("PR_SET_SECCOMP", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(argument))


def one_arena() -> None:
    """Let every thread share malloc's main arena: each further one reserves 64 MB of address space."""
    _libc.mallopt(_M_ARENA_MAX, 1)


def landlock_abi() -> int:
    """The Landlock version of the running kernel, 0 without Landlock."""
    try:
        return _syscall("landlock_create_ruleset", _LANDLOCK_CREATE, ctypes.c_void_p(), 0, 1)
    except OSError:
        return 0


def landlock_ruleset(handled: tuple[int, ...]) -> int:
    """A new ruleset's descriptor; `handled` are the access masks: file system, network, scopes."""
    attributes = (ctypes.c_uint64 * len(handled))(*handled)
    size = ctypes.sizeof(attributes)
    return _syscall("landlock_create_ruleset", _LANDLOCK_CREATE, ctypes.byref(attributes), size, 0)


def landlock_allow(ruleset: int, path_fd: int, access: int) -> None:
    """Allow `access` beneath the file or directory that `path_fd` names."""
    attribute = access.to_bytes(8, "little") + path_fd.to_bytes(4, "little", signed=True)
    _syscall("landlock_add_rule", _LANDLOCK_ADD, ruleset, 1, ctypes.c_char_p(attribute), 0)


def landlock_enforce(ruleset: int) -> None:
    """Confine this process to the ruleset, for ever."""
    _syscall("landlock_restrict_self", _LANDLOCK_RESTRICT, ruleset, 0)


class ExecTarget:
    """A path with a fixed address, so that a filter can allow its execution and no other."""

    def __init__(self, path: str) -> None:
        self._path = ctypes.create_string_buffer(os.fsencode(path) + b"\0")
        self.address = ctypes.addressof(self._path)

    def execute(self, arguments: list[str], environment: list[str]) -> None:
        """execve(2); returns only by raising."""
        argv = (ctypes.c_char_p * (len(arguments) + 1))(*map(os.fsencode, arguments), None)
        envp = (ctypes.c_char_p * (len(environment) + 1))(*map(os.fsencode, environment), None)
        _check(_libc.execve(ctypes.c_void_p(self.address), argv, envp), "execve")

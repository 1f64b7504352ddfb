"""A Landlock ruleset that lets a submission read its runtime and nothing else, on whichever version the
kernel speaks."""

from __future__ import annotations

import os

from . import kernel

_EXECUTE, _READ_FILE, _READ_DIR = 1, 4, 8
# Access rights known to each ABI (linux/landlock.h): 13 at first, then REFER, TRUNCATE, IOCTL_DEV.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NEWEST = 6
_NETWORK = 0b11
_SCOPES = 0b11


def handled(abi: int) -> tuple[int, ...]:
    """The masks to hand to the kernel: everything that this version can forbid."""
    files = (1 << _FILE_RIGHTS[min(abi, 5)]) - 1
    if abi < 4:
        return (files,)
    return (files, _NETWORK) if abi < _NEWEST else (files, _NETWORK, _SCOPES)


def readable_only(paths: list[str], executables: list[str]) -> int:
    """A ruleset's descriptor: `paths` (files or directories) can be read, `executables` also run; 0 without
    Landlock."""
    abi = kernel.landlock_abi()
    if not abi:
        return 0
    ruleset = kernel.landlock_ruleset(handled(abi))
    for path in paths:
        _allow(ruleset, path, _READ_FILE)
    for executable in executables:
        _allow(ruleset, executable, _READ_FILE | _EXECUTE)
    return ruleset


def _allow(ruleset: int, path: str, access: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        kernel.landlock_allow(ruleset, descriptor, access | (_READ_DIR if os.path.isdir(path) else 0))
    finally:
        os.close(descriptor)

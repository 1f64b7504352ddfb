"""Where a submission runs: namespaces and a read-only root that holds the language runtime and nothing
else."""

from __future__ import annotations

import errno
import os

from . import kernel

_ISOLATED = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWCGROUP
)
_NOBODY = 65534
HOST_NAME = "sandbox"
_FIRST_UID, _FALLBACK_UID, _FALLBACK_RANGE = 1_000_000_000, 60_000, 5_000
_MOUNT_POINTS = ("/mnt", "/media", "/srv", "/opt", "/home", "/run", "/sys")


def isolate(*, with_user_namespace: bool) -> None:
    """Leave every namespace of the host, and forget its name; the pid namespace takes effect for the next child."""
    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(_ISOLATED | (kernel.CLONE_NEWUSER if with_user_namespace else 0))
    if with_user_namespace:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{_NOBODY} {uid} 1")
        _write("/proc/self/gid_map", f"{_NOBODY} {gid} 1")
    kernel.set_host_name(HOST_NAME)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def enter_root(binds: list[list[str]], masks: list[str], links: list[list[str]]) -> None:
    """Build the root from `binds` (source, target), hide `masks` behind empty file systems, add symbolic
    `links`.

    Everything is read-only. No /proc, /sys, /dev, /etc or /tmp exists in it.
    """
    os.umask(0o022)
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    base = _mount_point([source for source, _ in binds])
    kernel.mount("tmpfs", base, "tmpfs", 0, "mode=755,size=1m")
    for source, target in sorted(binds, key=lambda pair: len(pair[1])):
        _bind(source, base + target)
    for mask in masks:
        kernel.mount("tmpfs", base + mask, "tmpfs", 0, "mode=755,size=4k")
        kernel.make_read_only(base + mask, recursive=False)
    for link, target in links:
        _link(base + link, target)
    os.chdir(base)
    kernel.pivot_root_here()
    os.chdir("/")
    kernel.make_read_only("/", recursive=False)


def _mount_point(sources: list[str]) -> str:
    """An existing directory that covers none of the files to be bound."""
    for candidate in _MOUNT_POINTS:
        covered = any(source.startswith(candidate + "/") for source in sources)
        if os.path.isdir(candidate) and not covered:
            return candidate
    raise OSError(errno.ENOENT, "no directory is free to mount the sandbox's root on")


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    kernel.mount(source, target, "", kernel.MS_BIND | kernel.MS_REC)
    kernel.make_read_only(target, recursive=True)


def _link(link: str, target: str) -> None:
    os.makedirs(os.path.dirname(link), exist_ok=True)
    if not os.path.lexists(link):
        os.symlink(target, link)


def become_nobody(slot: int) -> None:
    """Give up root for a uid that no other process has: rlimits per uid hold, and no signal reaches a
    neighbour."""
    for uid in (_FIRST_UID + slot, _FALLBACK_UID + slot % _FALLBACK_RANGE):
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        except OSError as refused:
            if refused.errno != errno.EINVAL:  # not mapped in this container: try the next
                raise
        else:
            return
    raise OSError(errno.EINVAL, "no unprivileged uid is mapped here")


def reachable_by_anyone(paths: list[str]) -> bool:
    """Whether a stranger's uid can get to every path (a runtime below /root it cannot)."""
    parents = {path[:end] for path in paths for end in range(1, len(path)) if path[end] == "/"}
    return all(os.stat(parent).st_mode & 0o001 for parent in parents)


def give_up_privileges() -> None:
    """No capability left, none to be gained; unreadable to others; dies with its parent."""
    kernel.drop_capabilities()
    kernel.hide_memory()
    kernel.die_with_parent()
    kernel.forbid_new_privileges()

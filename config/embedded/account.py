"""Who runs the servers, and where, when the caller is root (PostgreSQL refuses to run as root)."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ACCOUNT_NAME = "studypaths"
# Root's own directories are closed to other accounts; the FHS has this place for a service's data.
FALLBACK_ROOT = Path("/var/lib/studypaths")


@dataclass(frozen=True)
class Account:
    """The account that a server runs as; ``switch`` says whether the keeper has to change to it."""

    uid: int
    gid: int
    switch: bool

    def own(self, path: Path) -> None:
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def make_private(self, path: Path) -> Path:
        """Create the directory ``path`` when missing, for this account alone."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        return path


def server_account(owned: Path) -> Account:
    """The caller's own account; for root the owner of the existing ``owned``, else a service account."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    if owned.exists() and owned.stat().st_uid != 0:
        return Account(owned.stat().st_uid, owned.stat().st_gid, switch=True)
    entry = _service_entry()
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _service_entry() -> pwd.struct_passwd:
    """The account ``studypaths``, made when possible, else ``nobody``.

    An account of its own is better: submitted code may run as ``nobody`` in somebody else's sandbox.
    """
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        if useradd is not None:
            options = [
                "--system",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
            ]
            # A failure (read-only /etc, somebody else adding the same account now) shows in the next look-up.
            subprocess.run([useradd, *options, ACCOUNT_NAME], capture_output=True, check=False)
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        return pwd.getpwnam("nobody")


def server_home(folder: Path, account: Account) -> Path:
    """The directory for a server's files: ``folder``, or outside it when ``account`` cannot get there."""
    if not account.switch or (folder / "data").exists():
        return folder
    elsewhere = fallback_home(folder.parent) / folder.name
    return folder if _open_to_others(folder) and not elsewhere.exists() else elsewhere


def fallback_home(data_dir: Path) -> Path:
    """Where the servers of ``data_dir`` keep their files when it is closed to their account."""
    return FALLBACK_ROOT / hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]


def reachable_program(program: Path, site: Path, account: Account) -> Path:
    """``program``, or its copy when ``account`` cannot get at the original.

    ``site`` is the site-packages directory. The program finds its libraries relative to itself, in its own
    tree and in ``<package>.libs``, so both are copied.
    """
    if not account.switch or (_open_to_others(program.parent) and _readable(program)):
        return program
    inside = program.relative_to(site)
    package = inside.parts[0]
    tree = program.parent.parent if program.parent.parent.name != package else program.parent
    stamp = hashlib.sha256(f"{program}:{program.stat().st_mtime_ns}:{program.stat().st_size}".encode())
    copy = FALLBACK_ROOT / f"{program.name}-{stamp.hexdigest()[:12]}"
    if not copy.exists():
        FALLBACK_ROOT.mkdir(parents=True, exist_ok=True)
        _copy_trees(site, [tree.relative_to(site), Path(f"{package}.libs")], copy)
    return copy / inside


def _copy_trees(site: Path, trees: list[Path], target: Path) -> None:
    """Copy under a temporary name first: a second starter must never see half a tree."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        half = Path(scratch) / "copy"
        for tree in trees:
            if (site / tree).exists():
                shutil.copytree(site / tree, half / tree, symlinks=True)
        for path in (half, *half.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            half.rename(target)
        except OSError:
            if not target.exists():
                raise


def _open_to_others(directory: Path) -> bool:
    """Whether any account may pass through ``directory`` and all that leads to it."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (directory, *directory.parents))


def _readable(program: Path) -> bool:
    needed = stat.S_IROTH | stat.S_IXOTH
    return program.stat().st_mode & needed == needed

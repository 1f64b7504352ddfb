"""CPU time of the processes that take part, so that a busy machine can be told from slow code."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class CpuSeconds:
    """CPU seconds since some beginning: of the web server, of PostgreSQL, of the helper processes of the run."""

    web: float = 0.0
    database: float = 0.0
    crew: float = 0.0

    def since(self, before: "CpuSeconds") -> "CpuSeconds":
        return CpuSeconds(self.web - before.web, self.database - before.database, self.crew - before.crew)

    @property
    def total(self) -> float:
        return self.web + self.database + self.crew

    def per(self, acts: int) -> str:
        """Milliseconds an act, for a note."""
        web, database, crew = (
            f"{seconds / acts * 1000:.2f}" for seconds in (self.web, self.database, self.crew)
        )
        return f"{self.total / acts * 1000:.2f} ms (web {web}, database {database}, clients {crew})"


def cpu_seconds(postmaster: int) -> CpuSeconds:
    """What our child processes and the server with this process id have used so far."""
    stats = _stats()
    ours = _descendants(stats, os.getpid())
    web = [pid for pid in ours if _is(pid, b"granian")]
    crew = [pid for pid in ours if _is(pid, b"spawn_main")]
    backends = _descendants(stats, postmaster)
    return CpuSeconds(
        web=sum(stats[pid][1] for pid in web),
        database=sum(stats[pid][1] for pid in backends) + stats[postmaster][1] + stats[postmaster][2],
        crew=sum(stats[pid][1] for pid in crew),
    )


def own_and_backend_seconds(backend: int) -> tuple[float, float]:
    """CPU seconds of this process and of one connection's server process."""
    return sum(os.times()[:2]), _stat(backend)[1]


def _stats() -> dict[int, tuple[int, float, float]]:
    """Process id -> (parent, own CPU seconds, CPU seconds of children that ended)."""
    found = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = _stat(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
    return found


def _stat(pid: int) -> tuple[int, float, float]:
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    own, waited_for = (int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14]))
    return int(fields[1]), own / TICKS, waited_for / TICKS


def _descendants(stats: dict[int, tuple[int, float, float]], ancestor: int) -> set[int]:
    found = {ancestor}
    grown = True
    while grown:
        children = {pid for pid, (parent, *_) in stats.items() if parent in found} - found
        found |= children
        grown = bool(children)
    return found - {ancestor}


def _is(pid: int, word: bytes) -> bool:
    try:
        return word in (PROC / str(pid) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False

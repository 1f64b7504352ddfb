"""Helper processes of a run: the load generator and the raw loops, which must not share our interpreter."""

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from benchmarks.load import drive
from benchmarks.raw import Act, read_and_encode, replay

RAW_PROCESSES = 2
LEAD_SECONDS = 0.4


class Crew:
    """Two processes that stay for the whole run."""

    def __init__(self, dsn: dict[str, Any], port: int) -> None:
        self.dsn = dsn
        self.port = port
        self.pool = ProcessPoolExecutor(RAW_PROCESSES, mp_context=get_context("spawn"))
        list(self.pool.map(time.sleep, [0.3] * RAW_PROCESSES))

    def close(self) -> None:
        self.pool.shutdown()

    def requests_per_second(
        self, requests: list[list[bytes]], *, status: int, port: int | None = None
    ) -> tuple[float, list[float]]:
        """The rate at which the server answers the lists of requests, one connection each; latencies in seconds."""
        start = time.monotonic() + LEAD_SECONDS
        end, latencies = self.pool.submit(drive, port or self.port, requests, status, start).result()
        return sum(map(len, requests)) / (end - start), latencies

    def acts_per_second(self, shares: list[list[Act]]) -> float:
        """The rate at which raw loops do the acts, one process for each share."""
        start = time.monotonic() + LEAD_SECONDS
        jobs = [self.pool.submit(replay, self.dsn, share, start) for share in shares]
        return sum(map(len, shares)) / (max(job.result() for job in jobs) - start)

    def reads_per_second(self, acts: list[Act], times: int) -> float:
        """The rate at which raw loops read and encode, one process for each act."""
        start = time.monotonic() + LEAD_SECONDS
        jobs = [self.pool.submit(read_and_encode, self.dsn, act, times, start) for act in acts]
        return len(acts) * times / (max(job.result() for job in jobs) - start)

"""Watching one child: read what it writes, hold it to its limits, and say how it ended."""

from __future__ import annotations

import mmap
import os
import select
import time

from . import protocol

_LONGEST_SLEEP_NS = 50_000_000
# A child that gets this share of the wall time, or more, is at work on a busy machine: its CPU limit will end it.
_IDLE_SHARE = 8
_SIGKILL = 9  # without `signal`, which takes a millisecond to import
_PROCESS_CLOCK = 2  # CPUCLOCK_SCHED: the scheduler's exact time of all threads (clock_getcpuclockid)


class Limits:
    """CPU and wall time in ns, memory in bytes, output and answer in bytes."""

    __slots__ = ("answer", "cpu", "memory", "output", "wall")

    def __init__(self, *, cpu: int, wall: int, memory: int, output: int, answer: int) -> None:
        self.cpu, self.wall, self.memory, self.output, self.answer = cpu, wall, memory, output, answer


def unshared(size: int) -> mmap.mmap:
    """`size` bytes that no process forked later inherits: what one test said is nowhere in the memory of the
    next."""
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_DONTFORK)
    return memory


class PipeStream:
    """The reading end of a pipe, kept up to `cap` bytes in unshared memory."""

    def __init__(self, cap: int) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.ended = False
        self.hold(cap)

    def hold(self, cap: int) -> None:
        """Begin anew, with another cap."""
        self.cap = cap
        self._kept = memoryview(unshared(cap + 1))
        self._length = 0

    @property
    def data(self) -> memoryview:
        """What was read; one byte more than `cap` when there was more."""
        return self._kept[: self._length]

    def clear(self) -> None:
        """Forget what was read."""
        self._length = 0

    def pump(self) -> None:
        """Read what is there now."""
        while not self.ended and not self.over:
            try:
                count = os.readv(self.reader, [self._kept[self._length :]])
            except BlockingIOError:
                return
            self._length += count
            self.ended = not count

    @property
    def over(self) -> bool:
        return self._length > self.cap

    def content(self) -> memoryview:
        return self.data[: self.cap]

    def close(self) -> None:
        os.close(self.reader)


class FileStream:
    """A memory file as a child's output: node would queue writes to a full pipe in its own memory instead
    of blocking."""

    reader = -1

    def __init__(self, cap: int) -> None:
        self.writer = os.memfd_create("output", os.MFD_CLOEXEC)
        self._file = os.dup(self.writer)
        self.cap = cap

    def hold(self, cap: int) -> None:
        """Another cap."""
        self.cap = cap

    def pump(self) -> None:
        """Nothing to read until the end."""

    @property
    def over(self) -> bool:
        return os.fstat(self._file).st_size > self.cap

    def content(self) -> bytes:
        return os.pread(self._file, self.cap, 0)

    def close(self) -> None:
        os.close(self._file)


Stream = PipeStream | FileStream
Bytes = bytes | memoryview


def close_writers(*streams: Stream) -> None:
    """Leave the child as the only holder of the writing ends."""
    for stream in streams:
        os.close(stream.writer)


class Watch:
    """One running child. `answer` is its result pipe; the learner's time counts from `start_charging`."""

    def __init__(
        self, pid: int, limits: Limits, answer: PipeStream, output: Stream, errors: Stream, control: int
    ) -> None:
        self.pid, self.limits = pid, limits
        self.answer, self.output, self.errors = answer, output, errors
        self.reason = protocol.ENDED
        self.status = protocol.STILL_RUNNING
        self.peak_kb = 0
        self._control = control
        self._clock = (~pid << 3) | _PROCESS_CLOCK
        self._pidfd = os.pidfd_open(pid)
        self._poll = select.poll()
        self._poll.register(self._pidfd, select.POLLIN)
        self._poll.register(control, 0)
        for stream in (answer, output, errors):
            if stream.reader >= 0:
                self._poll.register(stream.reader, select.POLLIN)
        self._cpu_start = 0
        self._wall_start = self._last_look = time.monotonic_ns()
        self.cpu_ns = self.wall_ns = self.earlier_ns = 0

    def hold_to(self, limits: Limits, *, answer: int) -> None:
        """Other limits from now on; `answer`: the most bytes that the answer's pipe may hold."""
        self.limits = limits
        for stream, cap in (
            (self.answer, answer),
            (self.output, limits.output),
            (self.errors, limits.output),
        ):
            stream.hold(cap)

    @property
    def ended(self) -> bool:
        """Whether the child is gone already, though nobody waited for it."""
        gone = select.poll()
        gone.register(self._pidfd, select.POLLIN)
        return bool(gone.poll(0))

    @property
    def tasks(self) -> int:
        """How many threads the child has, if it lives; it needs a /proc."""
        return 0 if self.ended else len(os.listdir(f"/proc/{self.pid}/task"))

    def start_charging(self) -> None:
        """From now on time is the learner's."""
        self._cpu_start = self._cpu()
        self._wall_start = self._last_look = time.monotonic_ns()

    def _cpu(self) -> int:
        return time.clock_gettime_ns(self._clock)

    def watch_for_writing(self, descriptor: int) -> None:
        self._poll.register(descriptor, select.POLLOUT)

    def forget(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)

    def step(self) -> bool:
        """Wait for something, at most until the next limit; False when the child has ended."""
        patience = self._patience_ms()
        events = dict(self._poll.poll(patience))
        self._excuse_the_machine(patience)
        if self._control in events:  # the worker is gone: nobody wants an answer
            self.kill()
            os._exit(1)
        for stream in (self.answer, self.output, self.errors):
            stream.pump()
            if stream.reader in events and isinstance(stream, PipeStream) and stream.ended:
                self._poll.unregister(stream.reader)
        if self._pidfd in events:
            return False
        self._enforce()
        return True

    def _excuse_the_machine(self, patience_ms: float) -> None:
        """Time by which this process itself woke too late was nobody's: it does not count as the child's waiting."""
        now = time.monotonic_ns()
        self._wall_start += max(0, now - self._last_look - int(patience_ms * 1e6))
        self._last_look = now

    def _patience_ms(self) -> float:
        cpu_left = self.limits.cpu - (self._cpu() - self._cpu_start)
        wall_left = self.limits.wall - (time.monotonic_ns() - self._wall_start)
        soonest = min(cpu_left, wall_left if wall_left > 0 else _LONGEST_SLEEP_NS, _LONGEST_SLEEP_NS)
        return max(1.0, soonest / 1e6)

    def _enforce(self) -> None:
        if any(stream.over for stream in (self.answer, self.output, self.errors)):
            self.stop(protocol.OUTPUT_LIMIT)
            return
        cpu, wall = self._cpu() - self._cpu_start, time.monotonic_ns() - self._wall_start
        if cpu > self.limits.cpu:
            self.stop(protocol.CPU_LIMIT)
        elif wall > self.limits.wall and cpu * _IDLE_SHARE < wall:
            self.stop(protocol.WALL_LIMIT)

    def stop(self, reason: int) -> None:
        """Kill the child; the first reason stays."""
        if self.reason == protocol.ENDED:
            self.reason = reason
        os.kill(self.pid, _SIGKILL)

    def kill(self) -> None:
        """End the child now and wait until it is gone."""
        os.kill(self.pid, _SIGKILL)
        os.waitpid(self.pid, 0)

    def measure(self) -> None:
        """Note the time used so far."""
        self.cpu_ns = max(0, self._cpu() - self._cpu_start)
        self.wall_ns = time.monotonic_ns() - self._wall_start

    def reap(self) -> None:
        """Collect the ended child, all that it left in its pipes, and what it used."""
        self.wall_ns = time.monotonic_ns() - self._wall_start
        _, self.status, usage = os.wait4(self.pid, 0)
        self.cpu_ns = max(0, int((usage.ru_utime + usage.ru_stime) * 1e9) - self._cpu_start)
        self.peak_kb = usage.ru_maxrss
        self.answer.pump()
        self.output.pump()
        self.errors.pump()
        if self.reason == protocol.ENDED and any(s.over for s in (self.answer, self.output, self.errors)):
            self.reason = protocol.OUTPUT_LIMIT
        os.close(self._pidfd)

    def close_with(self, answer: Bytes) -> Bytes:
        """The outcome's body of a reaped child; its streams are closed."""
        body = self.outcome(answer)
        for stream in (self.answer, self.output, self.errors):
            stream.close()
        return body

    def outcome(self, answer: Bytes) -> Bytes:
        """The body of an outcome frame, in unshared memory too."""
        out, errors = self.output.content(), self.errors.content()
        used = (self.cpu_ns // 1000, self.wall_ns // 1000, self.peak_kb, self.earlier_ns // 1000)
        head = protocol.OUTCOME.pack(self.reason, self.status, *used, len(answer), len(out), len(errors))
        body = unshared(len(head) + len(answer) + len(out) + len(errors))
        for part in (head, answer, out, errors):
            body.write(part)
        return memoryview(body)


def run_to_end(watch: Watch) -> memoryview:
    """Watch a child that answers once and ends; its answer. The watch then knows how it ended."""
    charging = False
    while watch.step():
        if not charging and watch.answer.data[:1] == protocol.STARTED:
            watch.start_charging()
            charging = True
    watch.reap()
    return watch.answer.content()

"""The system call filter, run by a small interpreter of classic BPF: both architectures, wherever the suite runs."""

from __future__ import annotations

import csv
import re
import struct
from pathlib import Path

import pytest

from evaluations.sandbox.inside import kernel, seccomp
from evaluations.sandbox.inside.landlock import handled

ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}
TABLE = Path(__file__).parent / "system_calls.csv"
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
PID = 4242
EPERM, ENOSYS = seccomp.ERRNO | 1, seccomp.ERRNO | 38
EVERY = {**seccomp.PLAIN, **seccomp.FILTERED, **seccomp.ABSENT}


def run(program: bytes, number: int, arch: int, *arguments: int) -> int:
    """What the kernel would do: the value that the filter returns for one call."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=iIQ6Q", number, arch, 0, *[value & (2**64 - 1) for value in padded])
    steps = [struct.unpack_from("=HBBI", program, offset) for offset in range(0, len(program), 8)]
    accumulator, place = 0, 0
    while True:
        code, yes, no, value = steps[place]
        place += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == 0x54:
            accumulator &= value
        elif code == 0x06:
            return int(value)
        else:
            test = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[
                code
            ]
            place += yes if test else no


def decide(machine: str, name: str, *arguments: int, exec_pointer: int = 0) -> int:
    program = seccomp.for_process(seccomp.program(machine, exec_pointer=exec_pointer), PID)
    number = EVERY[name][COLUMN[machine]]
    assert number is not None
    return run(program, number, ARCH[machine], *arguments)


both = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])


@both
def test_listed_calls_are_allowed_and_others_are_not(machine: str) -> None:
    program = seccomp.for_process(seccomp.program(machine), PID)
    allowed = {numbers[COLUMN[machine]] for numbers in seccomp.PLAIN.values()}
    special = {numbers[COLUMN[machine]] for numbers in (*seccomp.FILTERED.values(), *seccomp.ABSENT.values())}

    for number in set(range(600)) - special:
        wanted = seccomp.ALLOW if number in allowed else EPERM
        assert run(program, number, ARCH[machine]) == wanted, number


@both
@pytest.mark.parametrize(
    ("name", "arguments", "allowed"),
    [
        ("clone", (0x3D0F00,), True),
        ("clone", (0x11,), False),
        ("clone", (0x4111,), False),
        ("clone", (0x3D0F00 | 0x10000000,), False),
        ("kill", (PID, 9), True),
        ("kill", (1, 9), False),
        ("kill", (-1, 9), False),
        ("kill", (0, 9), False),
        ("tgkill", (PID, PID, 6), True),
        ("tgkill", (PID + 1, 7, 6), False),
        ("fcntl", (0, 1030), True),
        ("fcntl", (0, 8, 1), False),
        ("fcntl", (0, 6), False),
        ("ioctl", (0, 0x5401), True),
        ("ioctl", (0, 0x5412), False),
        ("prctl", (15,), True),
        ("prctl", (1, 0), False),
        ("prctl", (22,), False),
        ("prlimit64", (0, 7, 0, 1), True),
        ("prlimit64", (0, 7, 0x7FFF00000000, 0), False),
        ("prlimit64", (1, 7, 0, 1), False),
        ("mmap", (0, 4096, 3, 0x22), True),
        ("mmap", (0, 4096, 3, 0x21), False),
        ("mmap", (0, 4096, 3, 0x01), True),
        ("mmap", (0, 4096, 3, 0x122), False),
        ("clock_gettime", (0,), True),
        ("clock_gettime", (3,), True),
        ("clock_gettime", (~1 << 3 | 2,), False),
        ("clock_getres", (~PID << 3 | 2,), False),
        ("clock_nanosleep", (16,), False),
        ("getpgid", (0,), True),
        ("getpgid", (1,), False),
        ("getsid", (PID,), True),
        ("getsid", (PID + 1,), False),
        ("getpriority", (0, 0), True),
        ("getpriority", (0, 1), False),
        ("getpriority", (2, 0), False),
        ("sched_getscheduler", (0,), True),
        ("sched_getparam", (1,), False),
        ("sched_getaffinity", (0,), True),
        ("socketpair", (1, 0x80001, 0), True),
        ("socketpair", (1, 2, 0), False),
        ("socketpair", (2, 1, 0), False),
        ("execve", (0x7F0000001000,), False),
    ],
)
def test_a_call_is_judged_by_its_arguments(
    machine: str, name: str, arguments: tuple[int, ...], allowed: bool
) -> None:
    assert decide(machine, name, *arguments) == (seccomp.ALLOW if allowed else EPERM)


@both
def test_node_may_execute_the_one_path_it_was_given(machine: str) -> None:
    pointer = 0x7F1234567890

    assert decide(machine, "execve", pointer, exec_pointer=pointer) == seccomp.ALLOW
    assert decide(machine, "execve", pointer + 1, exec_pointer=pointer) == EPERM
    assert decide(machine, "execve", pointer + (1 << 40), exec_pointer=pointer) == EPERM


@both
def test_new_calls_look_absent_so_that_libc_falls_back(machine: str) -> None:
    for name in seccomp.ABSENT:
        assert decide(machine, name) == ENOSYS
    assert decide(machine, "sched_getaffinity", PID + 1) == ENOSYS


@both
def test_the_numbers_are_those_of_the_kernel(machine: str) -> None:
    """Both tables on every machine: `system_calls.csv` has all calls of the headers of Linux 6.1 (asm/unistd_64.h,
    asm-generic/unistd.h)."""
    kernels = kernel_numbers(machine)

    for name, numbers in EVERY.items():
        assert numbers[COLUMN[machine]] == kernels.get(name), name


@both
def test_the_numbers_of_our_own_calls_are_those_of_the_kernel(machine: str) -> None:
    kernels = kernel_numbers(machine)

    assert kernel.NUMBERS[machine].items() <= kernels.items()
    assert kernels["mount_setattr"] == kernel._MOUNT_SETATTR
    assert kernels["landlock_restrict_self"] == kernel._LANDLOCK_RESTRICT


def test_the_numbers_on_file_are_those_of_the_headers_installed_here() -> None:
    """Where linux-libc-dev is installed: newer headers know more calls, never other numbers."""
    pattern = r"#define __NR(?:3264)?_(\w+)\s+(\d+)"

    for machine, header in HEADERS.items():
        known = kernel_numbers(machine)
        for name, number in re.findall(pattern, header.read_text() if header.is_file() else ""):
            assert known.get(name, int(number)) == int(number), name


def kernel_numbers(machine: str) -> dict[str, int]:
    rows = csv.DictReader(TABLE.read_text().splitlines())
    return {row["name"]: int(row[machine]) for row in rows if row[machine]}


@both
def test_a_foreign_architecture_is_killed(machine: str) -> None:
    program = seccomp.program(machine)

    for arch in {*ARCH.values(), 0x40000003} - {ARCH[machine]}:
        assert run(program, 0, arch) == seccomp.KILL


def test_the_x32_abi_is_killed() -> None:
    assert run(seccomp.program("x86_64"), 0x40000000 + 39, ARCH["x86_64"]) == seccomp.KILL


def test_an_unknown_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="riscv64"):
        seccomp.program("riscv64")


@pytest.mark.parametrize(("abi", "masks"), [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (9, 3)])
def test_landlock_forbids_what_the_kernel_knows(abi: int, masks: int) -> None:
    assert len(handled(abi)) == masks
    assert handled(abi)[0].bit_length() == {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)

"""The system call filter, run by a small interpreter of classic BPF: both architectures, wherever the suite runs."""

from __future__ import annotations

import struct

import pytest

from evaluations.sandbox.inside import seccomp
from evaluations.sandbox.inside.landlock import handled

ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}
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

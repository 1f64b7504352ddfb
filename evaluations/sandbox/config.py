"""The sandbox's settings: environment variables only, read when asked for."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

AUTO = "auto"
TIERS = ("rootns", "ns", "bwrap", "landlock")
"""Strongest first; the first that passes the probe is used."""

WEAK = "weak"
"""Resource limits and, where the kernel allows it, the system call filter: development only."""


class SandboxUnavailable(Exception):
    """No code can be run here in safety, or its language has no runtime; the text says how to fix it."""


class SandboxBroken(Exception):
    """The sandbox itself failed, which says nothing about the submission."""


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """`SANDBOX_TIER`, `SANDBOX_PYTHON`, `SANDBOX_NODE`, `SANDBOX_ALLOW_WEAK`."""

    tier: str
    python: str
    node: str
    allow_weak: bool


def sandbox_settings() -> SandboxSettings:
    """The settings in force; SandboxUnavailable when SANDBOX_TIER names no tier."""
    tier = os.environ.get("SANDBOX_TIER") or AUTO
    if tier not in (AUTO, *TIERS):
        raise SandboxUnavailable(f"SANDBOX_TIER={tier} is not one of {', '.join((AUTO, *TIERS))}")
    return SandboxSettings(
        tier=tier,
        python=os.path.realpath(os.environ.get("SANDBOX_PYTHON") or _base_interpreter()),
        node=os.environ.get("SANDBOX_NODE", ""),
        allow_weak=os.environ.get("SANDBOX_ALLOW_WEAK") == "1",
    )


def warm_launchers() -> int:
    """`SANDBOX_WARM`: how many launchers a process that judges keeps ready for each language; 0 for none."""
    number = os.environ.get("SANDBOX_WARM") or "1"
    if not number.isdecimal():
        raise SandboxUnavailable(f"SANDBOX_WARM={number} is not a number of launchers")
    return int(number)


def _base_interpreter() -> str:
    return str(getattr(sys, "_base_executable", None) or sys.executable)

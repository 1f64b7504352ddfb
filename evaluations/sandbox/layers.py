"""The layers of the sandbox as an operator sees them: what works on this machine, and what its absence
costs."""

from __future__ import annotations

from dataclasses import dataclass

from .config import AUTO, TIERS, WEAK, SandboxUnavailable, sandbox_settings
from .inside import kernel, seccomp
from .probe import chosen_tier, landlock_version, tier_problem, unusable, why_unavailable
from .runtimes import LANGUAGES, runtime_of

_TIER_MEANING = {
    "rootns": "namespaces made by root, a uid of its own for every submission",
    "ns": "namespaces in an unprivileged user namespace",
    "bwrap": "namespaces made by bubblewrap",
    "landlock": "no namespaces: Landlock and seccomp on the host's own file tree",
}
_LOST_WITHOUT = {
    "rootns": "nothing while another tier works: the uid per submission, against neighbours of the same uid",
    "ns": "nothing while a stronger tier works; otherwise empty file tree, own network and own process table",
    "bwrap": "nothing while a stronger tier works",
    "landlock": "the fallback for containers that forbid namespaces (Docker's default)",
}


@dataclass(frozen=True, slots=True)
class LayerStatus:
    """One layer: whether it works here, what exactly was found, and what is lost without it. The submission
    minimum is that every layer with `required` works."""

    name: str
    works: bool
    detail: str
    lost_without: str
    required: bool = False


def describe() -> list[LayerStatus]:
    """Every layer with its state, the chosen tier first. Probes what was not probed yet (up to a second)."""
    return [_choice(), *map(_tier, TIERS), _seccomp(), _landlock(), *map(_language, LANGUAGES)]


def _choice() -> LayerStatus:
    lost = "evaluation: no submission is run"
    try:
        tier = chosen_tier()
    except SandboxUnavailable as problem:
        return LayerStatus("sandbox", False, str(problem), lost, required=True)
    if tier == WEAK:
        detail = "SANDBOX_ALLOW_WEAK=1: submitted code runs without isolation; for development only"
        return LayerStatus(
            "sandbox", False, detail, "isolation from files, network and processes", required=True
        )
    setting = sandbox_settings().tier
    how = "chosen by probe" if setting == AUTO else "set by SANDBOX_TIER"
    return LayerStatus("sandbox", True, f"tier {tier}, {how}", lost, required=True)


def _tier(tier: str) -> LayerStatus:
    try:
        problem = unusable(tier) or tier_problem(tier, sandbox_settings().python)
    except SandboxUnavailable as unset:
        problem = str(unset)
    return LayerStatus(f"tier {tier}", not problem, problem or _TIER_MEANING[tier], _LOST_WITHOUT[tier])


def _seccomp() -> LayerStatus:
    lost = "the kernel's whole surface is open to submissions; required by every tier"
    try:
        size = len(seccomp.program(kernel.MACHINE)) // 8
    except ValueError as unknown:
        return LayerStatus("seccomp", False, str(unknown), lost, required=True)
    return LayerStatus(
        "seccomp", True, f"allow-list of {size} instructions for {kernel.MACHINE}", lost, required=True
    )


def _landlock() -> LayerStatus:
    version = landlock_version()
    lost = "a second lock on files and sockets behind the namespaces, and the landlock tier"
    return LayerStatus("landlock", bool(version), f"ABI {version}" if version else "not in this kernel", lost)


def _language(language: str) -> LayerStatus:
    lost = f"submissions in {language} are refused"
    problem = why_unavailable(language)
    if problem:
        return LayerStatus(language, False, problem, lost)
    runtime = runtime_of(language)
    return LayerStatus(language, True, f"{runtime.version} at {runtime.executable}", lost)

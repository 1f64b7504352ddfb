"""Debian's or any other Chromium, headless, with a new profile each time."""

import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--virtual-time-budget=10000",
)  # fmt: skip
SECONDS = 90


def chromium() -> str | None:
    """The browser of this machine, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def rendered(url: str) -> str:
    """The document at `url` after its scripts have run, as HTML."""
    return _chromium("--dump-dom", url)


def screenshot(url: str, target: Path, *, width: int, height: int) -> None:
    """A picture of the page at `url`."""
    _chromium(f"--window-size={width},{height}", f"--screenshot={target}", url)


def _chromium(*arguments: str) -> str:
    browser = chromium()
    assert browser is not None, "there is no Chromium on this machine"
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    return done.stdout

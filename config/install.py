"""Make or refresh the virtual environment. Runs on the system's Python 3.11+, on the standard library alone.

    python3 config/install.py [directory, default .venv]

Installs the pins of requirements-dev.txt, every file checked against its hash. ``uv`` does it about ten
times faster than pip; pip takes over where uv cannot be had, and uv is fetched from PyPI directly where
Python comes without pip (Debian without python3-venv). A second run finds its stamp and does nothing.
"""

import hashlib
import io
import os
import platform
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements-dev.txt"
MINIMUM = (3, 11)
UV_VERSION = "0.13.8"
INDEX = "https://pypi.org/simple/uv/"


def main() -> int:
    if sys.version_info[:2] < MINIMUM:
        say(f"Python 3.11 or newer is needed, this is {platform.python_version()}: make PYTHON=python3.12")
        return 1
    environment = ROOT / (sys.argv[1] if len(sys.argv) > 1 else ".venv")
    stamp, wanted = environment / ".installed", fingerprint(environment)
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    say(f"Making the virtual environment {environment} with Python {platform.python_version()}")
    has_pip = make_environment(environment)
    count = REQUIREMENTS.read_text().count("==")
    say(f"Installing {count} pinned packages (about 200 MB, checked against their hashes)")
    if not install(environment, has_pip=has_pip):
        say("The packages could not be installed; see above.")
        return 1
    stamp.write_text(wanted)
    say(f"Ready after {time.monotonic() - started:.0f} s")
    return 0


def fingerprint(environment: Path) -> str:
    """What the installation depends on: the pins, the interpreter, and the place (scripts carry its path)."""
    parts = [REQUIREMENTS.read_text(), UV_VERSION, sys.version, str(environment)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def make_environment(environment: Path) -> bool:
    """Create the environment; returns whether it has pip."""
    marks = environment / "pyvenv.cfg"
    same = marks.exists() and f"executable = {os.path.realpath(sys.executable)}\n" in marks.read_text()
    command = [sys.executable, "-m", "venv", *([] if same else ["--clear"]), str(environment)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return True
    say("This Python comes without pip; uv is fetched from PyPI instead")
    subprocess.run([*command, "--clear", "--without-pip"], check=True)
    return False


def install(environment: Path, *, has_pip: bool) -> bool:
    python = environment / "bin" / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    uv = environment / "bin" / "uv"
    if has_pip:
        succeeds([*pip, "install", f"uv=={UV_VERSION}"])
    elif not uv.exists():
        fetch_uv(uv)
    pins = ["install", "--require-hashes", "-r", str(REQUIREMENTS)]
    if uv.exists() and succeeds_briefly([str(uv), "pip", *pins, "--python", str(python)]):
        return True
    return has_pip and succeeds([*pip[:-1], *pins])


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False, cwd=ROOT).returncode == 0


def succeeds_briefly(command: list[str]) -> bool:
    """The same without uv's list of every package, which buries what matters."""
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if not line.startswith((" + ", " - ", " ~ ")):
            say(f"  {line.rstrip()}")
    return process.wait() == 0


def fetch_uv(target: Path) -> None:
    """Take the uv program out of its wheel, whose SHA-256 the index states in the link (PEP 503)."""
    links = re.findall(r'href="([^"#]+/([^"#/]+))#sha256=([0-9a-f]{64})', download(INDEX).decode())
    link, filename, digest = next(found for found in links if fits_this_machine(found[1]))
    content = download(urllib.parse.urljoin(INDEX, link))
    if hashlib.sha256(content).hexdigest() != digest:
        raise SystemExit(f"{filename} does not have the hash that the index states")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        target.write_bytes(archive.read(name))
    target.chmod(0o755)


def download(url: str) -> bytes:
    with urllib.request.build_opener().open(url, timeout=300) as answer:
        content: bytes = answer.read()
    return content


def fits_this_machine(filename: str) -> bool:
    machine = {"AMD64": "x86_64", "arm64": "aarch64" if sys.platform == "linux" else "arm64"}
    architecture = machine.get(platform.machine(), platform.machine())
    system = "macosx" if sys.platform == "darwin" else "manylinux"
    ours = filename.startswith(f"uv-{UV_VERSION}-") and filename.endswith(f"{architecture}.whl")
    return ours and system in filename


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Look for known vulnerabilities in the pinned requirements, and say plainly when nobody could be asked.

    python -m config.audit [file, default requirements-dev.txt]

``pip-audit`` skips a package that the advisory service does not know and still succeeds, so that a mirror
without advisories would look like a clean bill. Exit status: 1 for a vulnerability; 0 otherwise, but with
``AUDIT_REQUIRED=1`` also 1 when a package was not audited.
"""

import json
import os
import subprocess
import sys
from typing import Any


def main(arguments: list[str]) -> int:
    requirements = arguments[0] if arguments else "requirements-dev.txt"
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", *options, "--requirement", requirements]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if not answer.stdout.strip():
        reason = (answer.stderr.strip().splitlines() or ["no answer"])[-1]
        return verdict(f"NOT AUDITED: the advisory service is unreachable ({reason[:200]})", audited=False)
    return report(json.loads(answer.stdout)["dependencies"])


def report(dependencies: list[dict[str, Any]]) -> int:
    vulnerable = [package for package in dependencies if package.get("vulns")]
    skipped = [package for package in dependencies if "skip_reason" in package]
    for package in vulnerable:
        for found in package["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "no release yet"
            say(f"{package['name']} {package['version']}: {found['id']}, fixed in {fixed}")
    if vulnerable:
        return 1
    if skipped:
        count = f"{len(skipped)} of {len(dependencies)} packages"
        return verdict(f"NOT AUDITED: the advisory service is unreachable for {count}", audited=False)
    return verdict(f"No known vulnerability in {len(dependencies)} packages", audited=True)


def verdict(text: str, *, audited: bool) -> int:
    say(text)
    return 0 if audited or not os.environ.get("AUDIT_REQUIRED") else 1


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

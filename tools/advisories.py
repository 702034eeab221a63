"""Ask pip-audit whether anything that is pinned in requirements/ is known to be unsafe.

`make lint` runs it. Where the service that knows cannot be asked, it says so and holds nobody up.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
ASK_SECONDS = 300
_PATIENCE_SECONDS = "5"


class NobodyToAskError(Exception):
    """The service of advisories cannot be asked; the text says why."""


def main() -> int:
    """Print what is known, and return the status to end with."""
    try:
        wrong = [fault for file in ("runtime.txt", "dev.txt") for fault in audited(REQUIREMENTS / file)]
    except NobodyToAskError as error:
        sys.stdout.write(f"SKIPPED: pip-audit, {error}\n")
        return 0
    sys.stdout.write("".join(f"{fault}\n" for fault in wrong) or "pip-audit knows nothing against what is pinned\n")
    return 1 if wrong else 0


def audited(requirements: Path) -> list[str]:
    """Return a sentence about each pinned version that is known to be unsafe.

    Raises:
        NobodyToAskError: The service cannot be asked.
    """
    # One package shows whether there is anybody to ask, before all of them are asked about.
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.txt"
        sample.write_text(first_pin(requirements.read_text("utf-8")), "utf-8")
        unsafe(answer(sample))
    return unsafe(answer(requirements))


def first_pin(text: str) -> str:
    """Return the first requirement of a list, with its hashes."""
    lines = text.splitlines(keepends=True)
    end = next((at for at, line in enumerate(lines) if at and "==" in line), len(lines))
    return "".join(lines[:end])


def answer(requirements: Path) -> bytes:
    """Return pip-audit's report, as JSON.

    Raises:
        NobodyToAskError: There is none.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--require-hashes"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", _PATIENCE_SECONDS]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=ASK_SECONDS)  # noqa: S603 - our own words
    except subprocess.TimeoutExpired as error:
        raise NobodyToAskError("the service of advisories does not answer in time") from error
    if not done.stdout.strip():
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it says nothing"]
        raise NobodyToAskError(f"the service of advisories cannot be asked: {last[0]}")
    return done.stdout


def unsafe(report: bytes) -> list[str]:
    """Return a sentence about each version that a report knows to be unsafe.

    Raises:
        NobodyToAskError: The service knows none of the packages.
    """
    packages: list[dict[str, Any]] = msgspec.json.decode(report)["dependencies"]
    if packages and all("skip_reason" in package for package in packages):
        raise NobodyToAskError("the service of advisories knows none of the packages")
    return [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
        for package in packages
        for fault in package.get("vulns", ())
    ]


if __name__ == "__main__":
    sys.exit(main())

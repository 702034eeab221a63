"""Run pytest, and tests that failed once more, alone: ``python -m tools.second_try COMMAND...``.

Thousands of tests start servers, kill processes and wait for clocks, two at a time on machines that others use too.
One of them that only had too little time says nothing about a commit. What fails by itself fails twice; what passes
the second time is named as unsteady, to be mended. Where more than a few tests fail, nothing is tried again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

MOST = 3
_SOME_FAILED = 1
_FAILURES = Path(".pytest_cache/v/cache/lastfailed")


def main(command: list[str]) -> int:
    """Run a command that ends in arguments of pytest, and return the status to end with."""
    status = _run([*command, "--cache-clear"])
    if status != _SOME_FAILED:
        return status
    failed = failures()
    if not 0 < len(failed) <= MOST:
        return status
    sys.stdout.write("once more, alone: " + ", ".join(failed) + "\n")
    sys.stdout.flush()
    alone = ["-n", "0", "--last-failed", "--last-failed-no-failures", "none"]
    status = _run([*command, *alone])
    if status == 0:
        sys.stdout.write("UNSTEADY, failed among others and passed alone: " + ", ".join(failed) + "\n")
    return status


def failures() -> list[str]:
    """Return the names of the tests that failed in the last run; none where it noted nothing."""
    try:
        return sorted(msgspec.json.decode(_FAILURES.read_bytes(), type=dict[str, bool]))
    except FileNotFoundError:
        return []


def _run(command: list[str]) -> int:
    return subprocess.run(command, check=False).returncode  # noqa: S603 - the command of a recipe


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

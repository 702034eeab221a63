"""What a server needs of its machine: versions, disk, clock, open files."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import tempfile
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from facetry.bootstrap.file_limit import FEWEST_FILES
from facetry.domain.checkup import Checkup, bad, good, warning
from facetry.engines.sqlite.connection import MIN_LIBRARY
from facetry.engines.sqlite.library import library_version

LEAST_ROOM = 1 << 30
"""With less room on the disk a warning is given, whatever the data needs."""
SLOW_FLUSH_SECONDS = 0.05
_FLUSHES = 5
_EARLIEST = 1_735_689_600
"""The beginning of 2025: no clock that is right says less."""
_SKEW_SECONDS = 120.0
_FEW_FILES = 4_096
_NEARLY = 0.9
_LIMIT = "Max open files"
_MEGABYTE = 1 << 20


def versions(library: str | None = None) -> Checkup:
    """Look at the versions of what the server is made of."""
    sqlite = library or library_version()
    told = (
        f"Facetry {version('facetry')}, Python {platform.python_version()}, SQLite {sqlite}, Numba {version('numba')}"
    )
    if tuple(int(part) for part in sqlite.split(".")) < MIN_LIBRARY:
        return bad("versions", told, f"install apsw with SQLite {'.'.join(map(str, MIN_LIBRARY))} or newer")
    return good("versions", told)


def kernels(folder: Path) -> Checkup:
    """Look whether compiled kernels can be kept: in the folder of the kernels, or where NUMBA_CACHE_DIR says."""
    place = Path(os.environ.get("NUMBA_CACHE_DIR") or folder / "__pycache__")
    parent = place if place.exists() else place.parent
    if not os.access(parent, os.W_OK):
        advice = "set NUMBA_CACHE_DIR to a folder that can be written, else each start compiles for half a minute"
        return warning("kernels", f"{place} cannot be written", advice)
    kept = sum(1 for _ in place.rglob("*.nbi")) if place.exists() else 0
    return good("kernels", f"{kept} compiled kernels are kept in {place}" if kept else "the first start compiles them")


def room(directory: Path, needed: int) -> Checkup:
    """Look whether the disk has room for the data once more, and a gigabyte."""
    free = shutil.disk_usage(directory).free
    told = f"{free // _MEGABYTE:,} MB free, the data has {needed // _MEGABYTE:,} MB"
    if free < max(LEAST_ROOM, needed):
        return warning(
            "disk room", told, "make room: writes fail when there is none, compact needs that of the database"
        )
    return good("disk room", told)


def flushing(directory: Path) -> Checkup:
    """Measure how long the disk takes to make a write durable: every acknowledged write waits for it."""
    try:
        seconds = statistics.median(_flush_seconds(directory))
    except OSError as error:
        return bad(
            "disk", f"cannot be written: {error.strerror}", "look at the disk and the permissions of the directory"
        )
    told = f"a durable write takes {seconds * 1000:.1f} ms"
    if seconds > SLOW_FLUSH_SECONDS:
        return warning("disk", told, "use a faster disk, or see what else writes to it: writes wait for so long")
    return good("disk", told)


def clock(directory: Path, now: float | None = None) -> Checkup:
    """Look whether the clock may be right: not before files that are there already."""
    at = time.time() if now is None else now
    newest = max((path.stat().st_mtime for path in directory.iterdir() if path.is_file()), default=0.0)
    told = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    if at < _EARLIEST or at < newest - _SKEW_SECONDS:
        return bad("clock", f"says {told}, files are newer", "set the clock: tokens, keys and journals end by it")
    return good("clock", told)


def open_files(needed: int, server: int | None = None) -> Checkup:
    """Look whether as many files may be open as tenants and connections need.

    Args:
        needed: How many tenants there are.
        server: The process that serves, whose own limit counts; None where none does.
    """
    allowed, taken = _limit(server), _taken(server)
    wanted = _FEW_FILES + needed
    told = "any number allowed" if allowed is None else f"{allowed:,} allowed"
    told += f", {taken:,} are open" if taken is not None else ""
    if allowed is not None and taken is not None and taken > allowed * _NEARLY:
        advice = f"see who keeps connections open, and raise the limit to {max(wanted, 2 * allowed):,} (LimitNOFILE=)"
        return bad("open files", told, advice)
    if allowed is not None and allowed < wanted:
        advice = f"raise the limit to {wanted:,} (LimitNOFILE= of systemd, ulimits of Docker)"
        # With fewer than the fewest no server starts.
        return (bad if allowed < FEWEST_FILES else warning)("open files", told, advice)
    return good("open files", told)


def _limit(server: int | None) -> int | None:
    """Return how many files a process, or this one, may open; None for any number."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if server is not None:
        # Systems without this, and other users' processes, are judged by what this process may.
        with suppress(OSError, StopIteration, ValueError):
            lines = Path(f"/proc/{server}/limits").read_text("ascii").splitlines()
            hard = int(next(line for line in lines if line.startswith(_LIMIT)).removeprefix(_LIMIT).split()[1])
    return None if hard == resource.RLIM_INFINITY else hard


def _taken(server: int | None) -> int | None:
    """Return how many files a process has open; None where that is not known."""
    try:
        return None if server is None else sum(1 for _ in Path(f"/proc/{server}/fd").iterdir())
    except OSError:
        return None


def _flush_seconds(directory: Path) -> list[float]:
    taken = []
    with tempfile.TemporaryFile(dir=directory) as file:
        for _ in range(_FLUSHES):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return taken

"""What the operating system knows of a process: memory, processor time, open files."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import NamedTuple


class ProcessReading(NamedTuple):
    """Figures of one process, or their sum over several."""

    resident_bytes: int = 0
    cpu_seconds: float = 0.0
    open_files: int = 0

    def plus(self, other: ProcessReading) -> ProcessReading:
        """Return the sum."""
        return ProcessReading(
            self.resident_bytes + other.resident_bytes,
            self.cpu_seconds + other.cpu_seconds,
            self.open_files + other.open_files,
        )


def read_process(pid: int, proc: Path = Path("/proc")) -> ProcessReading:
    """Return the figures of a process; nothing but zeros where the system does not tell them."""
    try:
        pages = int((proc / str(pid) / "statm").read_text().split()[1])
        times = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
        open_files = len(os.listdir(proc / str(pid) / "fd"))  # noqa: PTH208 - only their number is wanted
    except (OSError, IndexError, ValueError):
        return _own_reading() if pid == os.getpid() else ProcessReading()
    ticks = os.sysconf("SC_CLK_TCK")
    return ProcessReading(pages * os.sysconf("SC_PAGE_SIZE"), (int(times[11]) + int(times[12])) / ticks, open_files)


def _own_reading() -> ProcessReading:
    """Return what a system without /proc tells a process about itself: its largest size, not the present one."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024
    return ProcessReading(usage.ru_maxrss * unit, usage.ru_utime + usage.ru_stime)

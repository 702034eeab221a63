"""The process that reads one workbook: from its input, as CSV to its output; its argument is what messages call it."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from typing import BinaryIO

from facetry.application.interchange.workbook import csv_of
from facetry.application.interchange.workbook_apart import MOST_MEMORY, MOST_SECONDS, REFUSED
from facetry.domain.errors import InterchangeError


def limit() -> None:
    """Give this process a bound of memory and time, for as long as it lives."""
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, hard))
    # What reads workbooks loads numpy, which would take addresses for each processor of the machine.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def convert(workbook: BinaryIO, output: BinaryIO, problem: BinaryIO, name: str) -> int:
    """Write a workbook as CSV, or what is wrong with it, and return the exit code."""
    try:
        with csv_of(workbook, name) as found:
            shutil.copyfileobj(found, output)
    except InterchangeError as error:
        return _refuse(error, problem)
    except MemoryError as error:
        # All that was read hangs on the frames, and to tell of it takes memory as well.
        error.__traceback__ = None
        refusal = InterchangeError(f"{name} takes too much memory to be read: save it as CSV (UTF-8)")
        return _refuse(refusal, problem)
    return 0


def _refuse(refusal: InterchangeError, problem: BinaryIO) -> int:
    problem.write(refusal.message.encode("utf-8", "replace"))
    return REFUSED


if __name__ == "__main__":
    limit()
    sys.exit(convert(sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer, sys.argv[1]))

"""The first start on a machine: every kernel is compiled, and the log says so."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bench.figures import Figure
from bench.program import Server

_MOST_SECONDS = 30.0
_SAID = "compiling the search kernels"


def measure() -> list[Figure]:
    """Return how long a server takes to be ready that finds no compiled kernels."""
    before = os.environ.get("NUMBA_CACHE_DIR")
    with tempfile.TemporaryDirectory(prefix="facetry-bench-") as folder:
        os.environ["NUMBA_CACHE_DIR"] = folder
        try:
            with Server() as server:
                said = _SAID in (server.directory / "server.log").read_text()
                seconds = server.ready_seconds
            size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
            with Server() as again:
                later = again.ready_seconds
        finally:
            if before is None:
                del os.environ["NUMBA_CACHE_DIR"]
            else:
                os.environ["NUMBA_CACHE_DIR"] = before
    told = "says so in its log" if said else "SAYS NOTHING"
    return [
        Figure(
            "first start on a machine, kernels compiled, until ready",
            f"{seconds:.1f} s, {told}; {later:.1f} s after that, {size / 1e6:.0f} MB of compiled kernels",
            f"<= {_MOST_SECONDS:g} s",
            ok=seconds <= _MOST_SECONDS and said,
        )
    ]

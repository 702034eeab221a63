"""A real OpenSearch of one node, started as a process of its own from the packages that Maven brings."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from bench.rivals.rival import UnavailableError
from tools.engines import opensearch
from tools.engines.fetching import MissingError
from tools.engines.process import StartError

HEAP = "2g"


class Node:
    """A running node; its port answers HTTP."""

    def __init__(self) -> None:
        """Start one and wait until it answers.

        Raises:
            UnavailableError: There is no Maven to fetch it, no Java to run it, or it does not start.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="facetry-bench-opensearch-"))
        try:
            self._node = opensearch.Node(self._folder, heap=HEAP)
            self._node.process.start()
        except (MissingError, StartError) as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise UnavailableError(str(error)) from error
        self.port = self._node.port

    @property
    def pid(self) -> int:
        """Return the number of its process."""
        return self._node.process.pid

    def close(self) -> None:
        """Stop it and remove its data."""
        self._node.process.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

"""The conformance suite of shared marks over the engine that needs no server."""

from __future__ import annotations

import pytest

from facetry.engines.memory.shared_marks import NoMarks
from facetry.testing.shared_marks import SharedMarksConformance


class TestNone(SharedMarksConformance):
    @pytest.fixture
    def marks(self) -> NoMarks:
        return NoMarks()

    @pytest.fixture
    def peer(self) -> NoMarks:
        return NoMarks()


def test_where_nobody_tells_anything_nothing_is_heard() -> None:
    NoMarks().listen(lambda tenant, mark: pytest.fail(f"{tenant} {mark}"))

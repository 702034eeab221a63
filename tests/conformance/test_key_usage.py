"""The conformance suite of the use of keys over every engine."""

from __future__ import annotations

import pytest

from facetry.engines.files.key_usage import FilesKeyUsage
from facetry.engines.memory.key_usage import MemoryKeyUsage
from facetry.testing.key_usage import NOW, KeyUsageConformance

pytestmark = pytest.mark.anyio


class TestMemory(KeyUsageConformance):
    @pytest.fixture
    def usage(self):
        return MemoryKeyUsage()


class TestFiles(KeyUsageConformance):
    @pytest.fixture
    def usage(self, tmp_path):
        return FilesKeyUsage(tmp_path / "usage")


async def test_other_processes_see_a_use(tmp_path):
    FilesKeyUsage(tmp_path / "usage").used("acme", "main", NOW)
    assert await FilesKeyUsage(tmp_path / "usage").last_used("acme", ("main",)) == {"main": NOW}
    assert [file.stat().st_size for file in (tmp_path / "usage").iterdir()] == [0]


async def test_a_disk_that_refuses_does_not_stop_a_call(tmp_path):
    (tmp_path / "usage").write_text("a file where a folder must be")
    usage = FilesKeyUsage(tmp_path / "usage")
    usage.used("acme", "main", NOW)
    assert await usage.last_used("acme", ("main",)) == {}

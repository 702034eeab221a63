"""The worker of imports goes on whatever its files are like, and says so once."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.files.import_jobs import FilesImportJobs
from facetry.worker.imports import ImportWorker
from tests.unit.application.shop import Shop

pytestmark = pytest.mark.anyio


class Unreadable(FilesImportJobs):
    """Jobs in a folder that may not be looked into."""

    def __init__(self, directory):
        super().__init__(directory)
        self.looks = 0
        self.were_enough = asyncio.Event()

    async def open_jobs(self):
        self.looks += 1
        if self.looks == 5:
            self.were_enough.set()
        raise StoreError("files to import cannot be kept: Permission denied")


async def test_a_folder_that_cannot_be_read_is_told_once(tmp_path, caplog):
    jobs = Unreadable(tmp_path)
    shop = Shop()
    await shop.open()
    worker = ImportWorker(jobs, shop.catalog, shop.store, shop.clock, 1e9)
    running = asyncio.create_task(worker.run(0.001))

    async with asyncio.timeout(10):
        await jobs.were_enough.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    (only,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert only.getMessage().endswith("and wait: files to import cannot be kept: Permission denied")
    assert only.exc_info is None

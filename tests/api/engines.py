"""What a server of the tests stands on, and failures that tests order of it."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any, NamedTuple

from facetry.engines.files.import_jobs import FilesImportJobs
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.journal import MemoryJournal
from facetry.engines.memory.key_usage import MemoryKeyUsage
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.engines.memory.search_index import MemorySearchIndex


class FailingWrites:
    """A store that fails to write where a test says how."""

    failure: Exception | None = None

    async def write(self, tenant, writes, **options):
        if self.failure is not None:
            raise self.failure
        return await super().write(tenant, writes, **options)


class FailingChanges:
    """An index that fails to take a change where a test says how."""

    failure: Exception | None = None

    async def apply(self, tenant, delta, language, *, attributes=()):
        if self.failure is not None:
            raise self.failure
        await super().apply(tenant, delta, language, attributes=attributes)


class FailingStore(FailingWrites, MemoryCatalogStore):
    """The reference store."""


class FailingIndex(FailingChanges, MemorySearchIndex):
    """The reference index."""


class Engines(NamedTuple):
    """All engines of one server."""

    store: Any
    index: Any
    journal: Any
    key_usage: Any
    limiter: Any
    import_jobs: Any


def memory_engines(clock, store=None, index=None):
    """Return the reference engines, or others for some of them."""
    # Nothing is made before something is imported.
    folder = Path(tempfile.gettempdir()) / f"facetry-{secrets.token_hex(8)}"
    import_jobs = FilesImportJobs(folder)
    weakref.finalize(import_jobs, shutil.rmtree, folder, ignore_errors=True)
    return Engines(
        store=store or FailingStore(),
        index=index or FailingIndex(),
        journal=MemoryJournal(),
        key_usage=MemoryKeyUsage(),
        limiter=MemoryRateLimiter(clock),
        import_jobs=import_jobs,
    )

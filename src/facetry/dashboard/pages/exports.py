"""Pages of exports: the whole catalog as a file that an import reads back."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from facetry.application.interchange.exporting import ExportFormat, export_chunks, whole_chunks
from facetry.application.tenants import Tenants
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.problems import refusal_of
from facetry.dashboard.rendering import problem_answer, render
from facetry.dashboard.routing import Page
from facetry.domain.quotas import Usage
from facetry.domain.user import Role
from facetry.http.answer import Answer
from facetry.http.streaming import StreamAnswer
from facetry.ports.catalog_store import CatalogStore

EXPORTS = "/dashboard/exports"
_TYPES = {ExportFormat.NDJSON: "application/x-ndjson", ExportFormat.CSV: "text/csv; charset=utf-8"}
_FORMS = {f"products.{form.value}": form for form in ExportFormat}
_WHOLE = "products-and-records.ndjson"
_GZIP_WINDOW = 31
_GZIP_SUFFIX = ".gz"


@dataclass(frozen=True)
class ExportsPage:
    """What can be exported.

    Attributes:
        usage: How much there is.
    """

    usage: Usage


class ExportPages:
    """Handles exports."""

    def __init__(self, store: CatalogStore, tenants: Tenants) -> None:
        """Export from a store."""
        self._store = store
        self._tenants = tenants

    async def show(self, call: PageCall) -> Answer:
        """Show what can be exported."""
        return render(call, "exports/index.html", ExportsPage(await self._tenants.usage(call.tenant)))

    async def products(self, call: PageCall) -> Answer | StreamAnswer:
        """Give all products, with all records if that is asked for, in the form that the file's name says."""
        name = call.variables["file"]
        plain = name.removesuffix(_GZIP_SUFFIX)
        form = ExportFormat.NDJSON if plain == _WHOLE else _FORMS.get(plain)
        if form is None:
            return problem_answer(call, refusal_of(404))
        is_packed = name != plain
        chunks = whole_chunks(self._store, call.tenant) if plain == _WHOLE else None
        content = _content(chunks or export_chunks(self._store, call.tenant, form))
        day = dt.datetime.fromtimestamp(call.now, dt.UTC).date().isoformat()
        disposition = f'attachment; filename="products-{day}{name.removeprefix("products")}"'
        return StreamAnswer(
            parts=_packed(content) if is_packed else content,
            media_type="application/gzip" if is_packed else _TYPES[form],
            headers=((b"content-disposition", disposition.encode()),),
        )


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    pages = ExportPages(dependencies.store, dependencies.tenants)
    return [
        Page("GET", EXPORTS, pages.show, Role.VIEWER),
        Page("GET", EXPORTS + "/{file}", pages.products, Role.VIEWER),
    ]


async def _content(chunks: AsyncIterator[tuple[int | bytes, ...]]) -> AsyncGenerator[bytes, None]:
    async for *_, chunk in chunks:
        assert isinstance(chunk, bytes)  # noqa: S101 - what counts the things in it stands before it
        yield chunk


async def _packed(content: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    packer = zlib.compressobj(wbits=_GZIP_WINDOW)
    async for chunk in content:
        yield packer.compress(chunk)
    yield packer.flush()

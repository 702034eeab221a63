"""Export of what a search finds, as a stream that an import reads back."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from facetry.application.interchange.exporting import ExportFormat, beginning, encoded
from facetry.application.selections import Selection, Selections
from facetry.application.turns import Turns

_SLICE = 50
"""So many products are written before others get their turn."""


async def result_chunks(
    selections: Selections, tenant: str, selection: Selection, form: ExportFormat
) -> AsyncGenerator[bytes, None]:
    """Yield the bytes of all that is selected, ascending by group id; raises what ``Search.search`` does.

    A CSV begins with its header, even where nothing is selected.
    """
    turns = Turns()
    yield beginning(form)
    pages = selections.pages(tenant, selection)
    try:
        async for page in pages:
            for start in range(0, len(page.products), _SLICE):
                yield encoded(form, page.products[start : start + _SLICE])
                await turns.give()
    finally:
        await pages.aclose()

"""The catalog: search with facets, saved searches, export and edits of what was found."""

from __future__ import annotations

from urllib.parse import parse_qsl

import msgspec

from facetry.application.facet_choice import FacetChoice
from facetry.application.interchange.exporting import ExportFormat
from facetry.application.interchange.workbook_writing import workbook_of, writes_workbooks
from facetry.application.result_export import result_chunks
from facetry.application.selections import Selection, Selections
from facetry.dashboard.call import PageCall
from facetry.dashboard.catalog.asking import page_search, plain_search
from facetry.dashboard.catalog.showing import catalog_page
from facetry.dashboard.catalog.state import CATALOG, CatalogState, exact_state, read_state
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.pages import catalog_edits, catalog_views
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.values import Values
from facetry.domain.errors import BadParameterError, SearchError
from facetry.domain.search.filters import EVERYTHING
from facetry.domain.user import Role
from facetry.http.answer import Answer
from facetry.http.streaming import StreamAnswer

EXPORT = f"{CATALOG}/export"
WORKBOOK = "xlsx"
"""Asks for the table as a workbook, where what writes them is installed."""
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.NDJSON: "application/x-ndjson"}
_FORM_NAMES = ("price_from", "price_to")


class CatalogPages:
    """Handles the page of the catalog."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Search with these use cases."""
        self._search = dependencies.search
        self._clock = dependencies.clock
        self._selections = Selections(dependencies.search)
        self._facets = FacetChoice(dependencies.search)

    async def show(self, call: PageCall) -> Answer:
        """Show what the URL says."""
        state = read_state(call.query)
        # Without scripts the form says prices in a way of its own; the page has one URL all the same.
        if not call.is_partial and any(name in call.query for name in _FORM_NAMES):
            return redirect(call, state.url)
        context = await self._search.context(call.tenant, call.settings, EVERYTHING)
        chosen = await self._facets.of(call.tenant, call.settings)
        asked = page_search(state, context, chosen)
        result = await self._search.search(call.tenant, asked.query)
        page = catalog_page(call, state, asked, result, chosen)
        if not call.is_partial:
            return render(call, "catalog/index.html", page)
        answer = render(call, "catalog/_results.html", page)
        headers = (*answer.headers, (_history_header(call, state), state.url.encode()))
        return msgspec.structs.replace(answer, headers=headers)

    async def export(self, call: PageCall) -> StreamAnswer:
        """Send all products that the URL asks for as a file."""
        name = call.query.text("format", ExportFormat.CSV.value)
        is_workbook = name == WORKBOOK and writes_workbooks()
        form = ExportFormat.CSV if is_workbook else _format(name)
        context = await self._search.context(call.tenant, call.settings, EVERYTHING)
        asked = plain_search(exact_state(call.query), context)
        if asked.left_out:
            first = asked.left_out[0]
            raise SearchError("", f"{first.field}: {call.texts.told(first.message)}")
        parts = result_chunks(self._selections, call.tenant, Selection(asked.query), form)
        disposition = f'attachment; filename="catalog.{WORKBOOK if is_workbook else form.value}"'.encode()
        return StreamAnswer(
            parts=workbook_of(parts) if is_workbook else parts,
            media_type=_WORKBOOK_TYPE if is_workbook else _MEDIA_TYPES[form],
            headers=((b"content-disposition", disposition),),
        )


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of the catalog."""
    pages = CatalogPages(dependencies)
    return [
        Page("GET", CATALOG, pages.show, Role.VIEWER),
        Page("GET", EXPORT, pages.export, Role.VIEWER),
        *catalog_views.routes(dependencies),
        *catalog_edits.routes(dependencies),
    ]


def _format(name: str) -> ExportFormat:
    try:
        return ExportFormat(name)
    except ValueError as error:
        raise BadParameterError("format", "must be csv or ndjson") from error


def _history_header(call: PageCall, state: CatalogState) -> bytes:
    """Return whether the URL takes the place of the one before it: each letter that is typed is no step back."""
    # What stands before the question mark does not count, and may be anything.
    query = (call.header(b"hx-current-url") or "").partition("?")[2].partition("#")[0]
    before = read_state(Values(parse_qsl(query)))
    is_typing = bool(before.text and state.text) and before.but(text=state.text) == state.but()
    return b"hx-replace-url" if is_typing else b"hx-push-url"

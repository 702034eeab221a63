"""What any search index must do with attributes that no text finds."""

from __future__ import annotations

import msgspec

from facetry.domain.change import Delta
from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.filters import Has
from facetry.domain.search.query import SearchQuery, ValuesFacet
from facetry.domain.search.result import ValuesResult
from facetry.domain.search.suggestions import SuggestQuery
from facetry.ports.search_index import SearchIndex
from facetry.testing.search_samples import TENANT, pages, single

SUPPLIER = AttributeDefinition("supplier", Kind.KEYWORD)
SILENT = (msgspec.structs.replace(SUPPLIER, searchable=False),)
_FIELD = Schema([SUPPLIER]).field("supplier")


class SilentAttributesConformance:
    """Attributes that are silent are no words, and everything else as ever."""

    async def test_they_are_no_words(self, index: SearchIndex) -> None:
        ring = single("1", name="Ring", attributes={"supplier": "Acme"})
        await index.apply(TENANT, Delta(revision=1, groups=(ring,)), "en", attributes=SILENT)
        assert await _found(index, "acme") == []
        assert await _found(index, "ring") == ["1"]
        assert (await index.suggest(TENANT, SuggestQuery(text="ac"))).queries == ()
        assert await index.group(TENANT, "1") == ring

    async def test_they_are_conditions_and_facets(self, index: SearchIndex) -> None:
        ring = single("1", name="Ring", attributes={"supplier": "Acme"})
        await index.apply(TENANT, Delta(revision=1, groups=(ring, single("2"))), "en", attributes=SILENT)
        facet = ValuesFacet("suppliers", _FIELD, 10)
        result = await index.search(
            TENANT, SearchQuery(filter=Has(_FIELD, texts=frozenset({"acme"})), facets=(facet,), attributes=_defined())
        )
        counted = result.facets["suppliers"]
        assert isinstance(counted, ValuesResult)
        assert [(one.value, one.count) for one in counted.values] == [("Acme", 1)]
        assert [hit.key for hit in result.hits] == [("1",)]

    async def test_what_turns_to_others_is_analysed_anew(self, index: SearchIndex) -> None:
        ring = single("1", name="Ring", attributes={"supplier": "Acme"})
        await index.apply(TENANT, Delta(revision=1, groups=(ring,)), "en")
        assert await _found(index, "acme", silent=False) == ["1"]
        await index.apply(TENANT, Delta(revision=2), "en", attributes=SILENT)
        assert await _found(index, "acme") == []
        await index.apply(TENANT, Delta(revision=3, groups=(single("2"),)), "en")
        assert await _found(index, "acme", silent=False) == ["1"]

    async def test_what_is_built_anew_is_built_with_them(self, index: SearchIndex) -> None:
        ring = single("1", name="Ring", attributes={"supplier": "Acme"})
        await index.rebuild(TENANT, pages(ring), 1, "en", attributes=SILENT)
        assert await _found(index, "acme") == []
        await index.apply(TENANT, Delta(revision=2, groups=(single("2", name="Acme"),)), "en", attributes=SILENT)
        assert await _found(index, "acme") == ["2"]
        await index.rebuild(TENANT, pages(ring), 3, "en")
        assert await _found(index, "acme", silent=False) == ["1"]


def _defined(*, silent: bool = True) -> tuple[AttributeDefinition, ...]:
    return (msgspec.structs.replace(SUPPLIER, searchable=not silent),)


async def _found(index: SearchIndex, text: str, *, silent: bool = True) -> list[object]:
    """Return the ids of the groups found by a text."""
    result = await index.search(TENANT, SearchQuery(text=text, attributes=_defined(silent=silent)))
    return [hit.group.group_id for hit in result.hits]

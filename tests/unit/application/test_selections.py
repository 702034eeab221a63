"""Selections: exactly the products that a search finds."""

import msgspec
import pytest

from facetry.application.interchange.exporting import ExportFormat
from facetry.application.result_export import result_chunks
from facetry.application.selections import SelectedCount, Selection, Selections
from facetry.domain.errors import InvalidValueError
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import Has
from facetry.domain.search.query import SearchQuery, ValuesFacet
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio

RED = SearchQuery(filter=Has(BUILT_IN["color"], frozenset({"red"})), facets=(ValuesFacet("b", BUILT_IN["brand"]),))


async def fill(shop, groups=7, size=3):
    for at in range(groups):
        for place in range(size):
            color = "Red" if (at + place) % 2 else "Blue"
            await shop.catalog.put_product("t", content(f"S{at}-{place}", group_id=f"G{at}", color=color))


def red_ones(groups=range(7)):
    return tuple(f"S{at}-{place}" for at in groups for place in range(3) if (at + place) % 2)


async def test_only_matching_products_of_a_group_are_selected_page_by_page(shop):
    await fill(shop)
    selections = Selections(shop.search, page_products=3)
    assert await selections.skus("t", Selection(RED)) == red_ones()
    assert await selections.count("t", Selection(RED)) == SelectedCount(21, 7, len(red_ones()))
    assert await selections.skus("t", Selection(msgspec.structs.replace(RED, offset=5, limit=1))) == red_ones()


async def test_groups_narrow_a_selection(shop):
    await fill(shop)
    chosen = Selection(RED, ("G2", "G5", "nowhere"))
    assert await Selections(shop.search).skus("t", chosen) == red_ones((2, 5))


async def test_words_select_what_they_find(shop):
    await fill(shop)
    await shop.catalog.put_product("t", content("X", name="pendant", group_id="P"))
    assert await Selections(shop.search).skus("t", Selection(SearchQuery(text="pendant"))) == ("X",)


async def test_a_selection_of_nothing(shop):
    assert await Selections(shop.search).skus("t", Selection(RED)) == ()


async def test_too_many_products_are_refused(shop):
    await fill(shop)
    with pytest.raises(InvalidValueError, match="has more than 5 products"):
        await Selections(shop.search, page_products=3, most_products=5).skus("t", Selection(SearchQuery()))


async def test_what_is_written_meanwhile_is_read_anew(shop):
    await fill(shop, groups=3)

    class Written(Selections):
        writes = 1

        async def pages(self, tenant, selection):
            async for page in super().pages(tenant, selection):
                if self.writes:
                    self.writes -= 1
                    await shop.catalog.put_product("t", content("S0-0", group_id="G0", color="Red"))
                yield page

    assert await Written(shop.search, page_products=1).skus("t", Selection(RED)) == ("S0-0", *red_ones(range(3)))


async def exported(selections, form):
    return b"".join([chunk async for chunk in result_chunks(selections, "t", Selection(RED), form)])


async def test_export_of_a_result(shop):
    selections = Selections(shop.search, page_products=3)
    assert (await exported(selections, ExportFormat.CSV)).startswith(b"images,")
    assert (await exported(selections, ExportFormat.CSV)).count(b"\r\n") == 1
    assert await exported(selections, ExportFormat.NDJSON) == b""
    await fill(shop)
    lines = (await exported(selections, ExportFormat.NDJSON)).splitlines()
    assert tuple(sorted(msgspec.json.decode(line)["sku"] for line in lines)) == red_ones()
    assert (await exported(selections, ExportFormat.CSV)).count(b"\r\n") == 1 + len(red_ones())

from __future__ import annotations

import pytest

from facetry.application.search_settings import Wish
from facetry.application.settings_history import KEPT, Replacement
from facetry.domain.errors import InvalidValueError, OutdatedError, RecordNotFoundError
from facetry.domain.record import RecordKind
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.rules import SearchRules
from facetry.domain.search.suggestions import SuggestQuery
from facetry.domain.tenant import TenantSettings
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio

LENGTH = AttributeDefinition("length", Kind.DECIMAL)


def rules(word):
    return SearchRules(stop_words=(word,))


async def test_each_section_knows_who_replaced_it_when(shop):
    shop.clock.time = 100.0
    await shop.settings.set_rules("t", rules("a"), Wish(by="ada"))
    shop.clock.time = 200.0
    await shop.settings.set_catalog("t", "de", "EUR", Wish(by="bob"))
    await shop.settings.set_rules("t", rules("b"), Wish(by="eve"))
    assert await shop.settings.versions("t", "search") == [
        Replacement(version=4, time=200.0, by="eve"),
        Replacement(version=3, time=100.0, by="ada"),
        Replacement(version=1),
    ]
    assert await shop.settings.versions("t", "catalog") == [
        Replacement(version=4, time=200.0, by="bob"),
        Replacement(version=2),
    ]
    assert await shop.settings.versions("t", "attributes") == [Replacement(version=4)]


async def test_an_earlier_version_can_be_read(shop):
    await shop.settings.set_rules("t", rules("a"))
    await shop.settings.set_rules("t", rules("b"))
    found = [(await shop.settings.at("t", version)).rules.stop_words for version in (1, 2, 3)]
    assert found == [(), ("a",), ("b",)]
    for version in (0, 4):
        with pytest.raises(RecordNotFoundError):
            await shop.settings.at("t", version)


async def test_the_same_settings_again_are_no_version(shop):
    await shop.settings.set_rules("t", rules("a"))
    await shop.settings.set_rules("t", rules("a"))
    assert [one.version for one in await shop.settings.versions("t", "search")] == [2, 1]


async def test_the_oldest_ones_are_forgotten(shop):
    for number in range(KEPT + 3):
        await shop.settings.set_rules("t", rules(f"w{number}"))
    assert len(await shop.store.records_after("t", RecordKind.SETTINGS, 0, 1000)) == KEPT
    assert (await shop.settings.at("t", 4)).rules == rules("w2")
    with pytest.raises(RecordNotFoundError):
        await shop.settings.at("t", 3)


async def test_a_preview_changes_nothing_and_says_what_would(shop):
    for at, length in enumerate(("1.5", "long", "wide")):
        await shop.catalog.put_product("t", content(f"S{at}", attributes={"length": length}))
    wanted = TenantSettings(language="de", attributes=(LENGTH,), rules=rules("a"))
    found = await shop.settings.preview("t", wanted)
    assert [(one.field, one.count, one.skus) for one in found.misfits] == [("attributes.length", 2, ("S1", "S2"))]
    assert found.reindexes
    assert (await shop.settings.get("t")).settings == TenantSettings()
    assert not (await shop.settings.preview("t", TenantSettings(rules=rules("b")))).reindexes


async def test_another_language_and_currency_hold_at_once(shop):
    await shop.catalog.put_product("t", content("A", name="Ringe", regular_price=5))
    record = await shop.settings.set_catalog("t", "de", "EUR")
    assert (record.settings.language, record.settings.currency) == ("de", "EUR")
    found = await shop.search.suggest("t", SuggestQuery(text="ring", language="de"))
    assert [group.name for group in found.products] == ["Ringe"]
    for language, currency in (("xx", "EUR"), ("de", "eur")):
        with pytest.raises(InvalidValueError):
            await shop.settings.set_catalog("t", language, currency)
    with pytest.raises(OutdatedError):
        await shop.settings.set_catalog("t", "en", "USD", Wish(1))


async def test_who_follows_the_changes_reads_everything_anew_after_another_currency(shop):
    await shop.catalog.put_product("t", content("A"))
    revision = await shop.store.revision("t")
    await shop.settings.set_catalog("t", "en", "USD")
    assert await shop.store.delta("t", revision, 10) is not None
    await shop.settings.set_catalog("t", "en", "EUR")
    assert await shop.store.delta("t", revision, 10) is None
    assert await shop.store.delta("t", await shop.store.revision("t"), 10) is not None

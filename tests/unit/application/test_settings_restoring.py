"""Settings of the Client API with a history, and the way back to earlier settings."""

import msgspec
import pytest

from facetry.application.search_settings import Wish
from facetry.application.settings_history import SECTIONS
from facetry.application.settings_restoring import restore_settings
from facetry.domain.channels import Channel
from facetry.domain.errors import InvalidValueError, OutdatedError, RecordNotFoundError
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.rules import SearchRules
from facetry.domain.tenant import ClientApiSettings, HttpsRule, TenantSettings

pytestmark = pytest.mark.anyio

STRICT = ClientApiSettings(http_errors=True, require_https=HttpsRule.ALWAYS, channels=(Channel(7000, "Fair"),))


async def test_what_the_client_api_does_is_replaced_but_for_its_limits(shop):
    buckets = {"get_orders": Bucket(5, 1.0)}
    await shop.tenants.set_client_api("t", ClientApiSettings(buckets=buckets))
    before = await shop.settings.get("t")
    record = await shop.settings.set_client_api("t", STRICT, Wish(before.version, "ann"))
    assert record.settings.client_api == msgspec.structs.replace(STRICT, buckets=buckets)
    assert record.version == before.version + 1
    (now, then) = await shop.settings.versions("t", "client_api")
    assert (now.by, now.version, then.version) == ("ann", record.version, before.version)


async def test_what_is_not_allowed_or_outdated_changes_nothing(shop):
    before = await shop.settings.get("t")
    with pytest.raises(InvalidValueError):
        await shop.settings.set_client_api("t", ClientApiSettings(channels=(Channel(0, "x"),)))
    with pytest.raises(OutdatedError):
        await shop.settings.set_client_api("t", STRICT, Wish(before.version + 1))
    assert await shop.settings.get("t") == before


async def test_every_section_goes_back(shop):
    first = await shop.settings.get("t")
    await shop.settings.set_rules("t", SearchRules(stop_words=("the",)))
    await shop.settings.set_attributes("t", [AttributeDefinition("length", Kind.DECIMAL)])
    await shop.settings.set_catalog("t", "de", "EUR")
    record = await shop.settings.set_client_api("t", STRICT)
    for section in SECTIONS:
        record = await restore_settings(shop.settings, "t", section, first.version, Wish(record.version, "ann"))
        assert (await shop.settings.versions("t", section))[0].by == "ann"
    assert record.settings == first.settings == TenantSettings()
    with pytest.raises(OutdatedError):
        await restore_settings(shop.settings, "t", "catalog", first.version + 3, Wish(first.version))


@pytest.mark.parametrize(("section", "version"), [("catalog", 99), ("catalog", 0), ("none", 1)])
async def test_what_was_not_there_is_not_gone_back_to(shop, section, version):
    with pytest.raises(RecordNotFoundError):
        await restore_settings(shop.settings, "t", section, version, Wish())

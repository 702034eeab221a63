from __future__ import annotations

from facetry.domain.search.fields import Schema
from facetry.domain.search.text.documents import HIDDEN, group_text, shown_text
from facetry.domain.search.text.viewing import text_view
from facetry.testing.search_samples import group, product, single

NAMED = group(
    "g-1",
    product("a-1", name="gold ring", color="red", brand="Rio", is_main=True, active=False),
    product("a-2", name="plain ring", color="blue", gemstones=[{"certificate_number": "GIA 55"}]),
)
FIELDS = [Schema().field("gemstones.certificate_number")]


def test_keys_that_only_inactive_products_give_to_a_group_are_hidden():
    text = group_text(NAMED, "en")
    hidden = {key for key, count in text.counts.items() if count >= HIDDEN}
    assert {"wgold", "wred", "wrio", "b0gold", "pgold ring"} <= hidden
    assert {"wring", "sring", "wblue", "wplain"}.isdisjoint(hidden)
    assert text.counts["wring"] & 15 == 1
    assert shown_text(text).counts == {key: count for key, count in text.counts.items() if key not in hidden}
    assert shown_text(text).lengths == text.lengths


def test_all_keys_of_inactive_groups_are_hidden_and_none_of_active_ones():
    inactive = group_text(single("g", name="gold ring", active=False), "en")
    assert inactive.counts
    assert shown_text(inactive).counts == {}
    active = group_text(single("g", name="gold ring"), "en")
    assert shown_text(active) is active


def test_identifiers_of_inactive_products_are_not_seen_by_who_sees_active_ones_only():
    text = group_text(NAMED, "en")
    whole = text_view(NAMED, text, FIELDS, active_only=False)
    assert (whole.text, whole.identifiers) == (text, ("g1", "a1", "a2", "gia55"))
    assert text_view(NAMED, text, FIELDS, active_only=True).identifiers == ("g1", "a2", "gia55")
    gone = single("g", active=False)
    assert text_view(gone, group_text(gone, "en"), FIELDS, active_only=True).identifiers == ()

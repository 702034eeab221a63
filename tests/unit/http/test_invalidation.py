"""What a change drops from the cache."""

from __future__ import annotations

import pytest

from facetry.domain.change import Delta
from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.product import ProductContent, stored
from facetry.domain.record import RecordKind
from facetry.engines.memory.cache import MemoryCache
from facetry.http.answer import EVERYTHING, group_tag, product_tag
from facetry.http.invalidation import CacheInvalidation

TAGS = ("product:a", "product:b", "group:g", "group:old", "group:other", "*")


@pytest.fixture
def cache():
    cache = MemoryCache(1 << 20)
    for tag in TAGS:
        cache.put("t", tag, tag, size=1, tags=[tag], revision=1)
    return cache


def left(cache):
    return [tag for tag in TAGS if cache.get("t", tag)]


def test_tags_name_what_they_are_of():
    assert (product_tag("a"), group_tag("g"), EVERYTHING) == ("product:a", "group:g", "*")


def test_products_groups_and_what_depends_on_everything_go(cache):
    product = stored(ProductContent(sku="a", name="n", group_id="g"), "0" * 24, 1)
    delta = Delta(
        revision=2, groups=(derive_group(GroupIdentity("g", "0" * 24, 2), [product]),), gone=("old",), skus=("a",)
    )
    CacheInvalidation(cache).changed("t", delta)
    assert left(cache) == ["product:b", "group:other"]


@pytest.mark.parametrize("touched", [{"skus": ("new",)}, {"gone": ("passed by",)}])
def test_any_change_of_products_drops_what_depends_on_everything(cache, touched):
    CacheInvalidation(cache).changed("t", Delta(revision=2, **touched))
    assert left(cache) == list(TAGS[:-1])
    assert not cache.put("t", "late", "x", size=1, tags=[], revision=1).fresh


def test_a_change_of_records_alone_leaves_all_answers(cache):
    CacheInvalidation(cache).changed("t", Delta(revision=2, records=((RecordKind.ORDER, 1),)))
    assert left(cache) == list(TAGS)
    assert cache.put("t", "late", "x", size=1, tags=[], revision=1).fresh


def test_a_forgotten_tenant_loses_all_and_that_is_remembered(cache):
    invalidation = CacheInvalidation(cache)
    before = invalidation.generation
    invalidation.forget("t")
    assert left(cache) == []
    assert invalidation.was_forgotten("t", before)
    assert not invalidation.was_forgotten("t", invalidation.generation)
    assert not invalidation.was_forgotten("other", before)

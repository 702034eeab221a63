"""What an index of columns was built with stays with it."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.change import Delta
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.query import SearchQuery
from facetry.engines.columns import files
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import Tuning
from facetry.testing.search_samples import TENANT, single

pytestmark = pytest.mark.anyio

SILENT = tuple(AttributeDefinition(name, Kind.KEYWORD, searchable=False) for name in ("supplier", "cost"))
SAVING = Tuning(saved_groups=1)


def ring(group_id):
    return single(group_id, name="Ring", attributes={"supplier": "Acme"})


async def found(index, text, *, silent=True):
    definition = AttributeDefinition("supplier", Kind.KEYWORD, searchable=not silent)
    result = await index.search(TENANT, SearchQuery(text=text, attributes=(definition,)))
    return [hit.group.group_id for hit in result.hits]


async def saved(path, **more):
    index = ColumnsSearchIndex(path, tuning=SAVING)
    await index.apply(TENANT, Delta(revision=1, groups=(ring("a"),)), "en", **more)
    assert await index.checkpoint(TENANT) == 1
    await index.close()


async def test_silent_attributes_are_known_after_a_restart(tmp_path):
    await saved(tmp_path, attributes=SILENT)
    manifest = files.read_manifest(tmp_path / files.folder_name(TENANT))
    assert manifest.silent == ("attributes.cost", "attributes.supplier")
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await index.revision(TENANT) == 1
    before = index._tenants[TENANT].snapshot.parts[0].segment
    await index.apply(TENANT, Delta(revision=2, groups=(ring("b"),)), "en", attributes=SILENT)
    # Nothing was analysed anew, and what is new has no silent words either.
    assert index._tenants[TENANT].snapshot.parts[0].segment is before
    assert await found(index, "acme") == []
    assert await found(index, "ring") == ["a", "b"]
    await index.close()


async def test_a_restart_with_others_analyses_anew(tmp_path):
    await saved(tmp_path, attributes=SILENT)
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    await index.apply(TENANT, Delta(revision=2, groups=(ring("b"),)), "en")
    assert await found(index, "acme", silent=False) == ["a", "b"]
    assert await index.checkpoint(TENANT) == 2
    await index.close()
    assert files.read_manifest(tmp_path / files.folder_name(TENANT)).silent == ()


async def test_a_manifest_of_before_has_none(tmp_path):
    await saved(tmp_path)
    folder = tmp_path / files.folder_name(TENANT)
    manifest = files.read_manifest(folder)
    older = {name: getattr(manifest, name) for name in manifest.__struct_fields__ if name != "silent"}
    assert msgspec.convert(msgspec.to_builtins(older), files.Manifest) == manifest
    index = ColumnsSearchIndex(tmp_path, tuning=SAVING)
    assert await found(index, "acme", silent=False) == ["a"]
    await index.close()

"""The master key in MongoDB."""

from __future__ import annotations

import asyncio

import pytest

from facetry.domain.errors import SettingError
from facetry.engines.mongodb.master_key import master_key
from facetry.engines.mongodb.opening import open_database

pytestmark = pytest.mark.anyio


async def test_all_have_the_key_that_the_first_one_made(database, url):
    peer = await open_database(url)
    keys = await asyncio.gather(*(master_key(one) for one in (database, peer) * 5))
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert await master_key(peer, is_new=False) == keys[0]
    await peer.client.close()


async def test_a_key_that_is_missing_is_not_made_anew_where_something_was_sealed(database):
    with pytest.raises(SettingError, match="missing"):
        await master_key(database, is_new=False)
    assert await database["secrets"].count_documents({}) == 0


async def test_something_else_is_no_key(database):
    await database["secrets"].insert_one({"_id": "master key", "key": b"short"})
    with pytest.raises(SettingError, match="32 bytes"):
        await master_key(database)

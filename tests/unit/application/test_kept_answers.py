"""Keys of calls that are no one write of the catalog."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from facetry.application.kept_answers import KeptAnswers
from facetry.domain.catalog import DeleteProduct, Once, Refused
from facetry.domain.errors import KeyReusedError, StoreBusyError
from facetry.domain.repeating import KEPT_SECONDS

pytestmark = pytest.mark.anyio


@pytest.fixture
def kept(shop):
    return KeptAnswers(shop.store, shop.clock)


async def test_an_answer_is_kept_for_a_day(shop, kept):
    claim = await kept.claim("t", "k", "a")
    assert (claim.is_new, claim.answer) == (True, "")
    await kept.keep("t", claim, "done")
    shop.clock.time += KEPT_SECONDS
    again = await kept.claim("t", "k", "a")
    assert (again.is_new, again.answer) == (False, "done")
    shop.clock.time += 1
    later = await kept.claim("t", "k", "b")
    assert (later.is_new, later.answer) == (True, "")


async def test_a_key_is_for_one_call_from_its_beginning(shop, kept):
    claim = await kept.claim("t", "k", "a")
    for _ in range(2):
        with pytest.raises(KeyReusedError):
            await kept.claim("t", "k", "b")
        write = Once("k", "b", shop.clock.now(), DeleteProduct("A"))
        (outcome,) = (await shop.store.write("t", (write,))).outcomes
        assert isinstance(outcome, Refused)
        assert outcome.code == KeyReusedError.code
        await kept.keep("t", claim, "done")


async def test_whoever_claimed_a_key_gives_it_up(kept):
    claim = await kept.claim("t", "k", "a")
    second = await kept.claim("t", "k", "a")
    assert (second.is_new, second.answer) == (False, "")
    await kept.give_up("t", second)
    with pytest.raises(KeyReusedError):
        await kept.claim("t", "k", "b")
    await kept.give_up("t", claim)
    await kept.give_up("t", claim)
    other = await kept.claim("t", "k", "b")
    assert other.is_new
    # The one that went on without its claim overwrites nobody's.
    await kept.keep("t", second, "late")
    assert (await kept.claim("t", "k", "b")).answer == ""


async def test_of_many_at_once_one_claims(shop, kept):
    for round_ in range(2):
        found = await asyncio.gather(*(kept.claim("t", "k", f"a{round_}") for _ in range(20)))
        assert sum(one.is_new for one in found) == 1
        assert len({one.repeat.id for one in found}) == 1
        shop.clock.time += KEPT_SECONDS + 1


async def test_a_key_that_never_stays_is_given_up(shop, kept):
    read, claim = shop.store.records, await kept.claim("t", "k", "a")

    async def unseen(*_):
        return (None,)

    shop.store.records = unseen
    with pytest.raises(StoreBusyError):
        await kept.claim("t", "k", "a")
    shop.store.records = read
    assert msgspec.structs.replace(claim, is_new=False) == await kept.claim("t", "k", "a")

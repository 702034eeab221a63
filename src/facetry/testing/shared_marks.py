"""The conformance suite of the ``SharedMarks`` port."""

from __future__ import annotations

import asyncio

import pytest

from facetry.ports.shared_marks import Look, SharedMarks

TENANT = "acme"
OTHER = "acme2"


async def lowest(marks: SharedMarks, tenant: str = TENANT) -> float:
    """Return the lowest mark of the store with which what a look says could be believed."""
    mark = (await marks.look(tenant)).mark
    return float("inf") if mark is None else mark


@pytest.mark.anyio
class SharedMarksConformance:
    """Everything that the contract of ``ports.shared_marks`` promises.

    A subclass provides two pytest fixtures: ``marks``, where nobody told anything yet, and ``peer``, the same marks as
    another process sees them.
    """

    async def test_nothing_is_known_at_first(self, marks: SharedMarks) -> None:
        assert (await marks.look(TENANT)).mark is None

    async def test_what_was_told_for_certain_is_the_least_that_is_seen(
        self, marks: SharedMarks, peer: SharedMarks
    ) -> None:
        assert await marks.tell(TENANT, 5)
        assert await lowest(peer) >= 5
        assert await peer.tell(TENANT, 7, await peer.look(TENANT))
        assert await lowest(marks) >= 7

    async def test_a_late_mark_lowers_nothing(self, marks: SharedMarks, peer: SharedMarks) -> None:
        looks = [await peer.look(TENANT) for _ in range(3)]
        await marks.tell(TENANT, 9)
        for number, look in enumerate(looks):
            await peer.keep(TENANT, number, look)
        await peer.tell(TENANT, 8, looks[0])
        assert min([await lowest(one) for one in (marks, peer)]) >= 9

    async def test_what_the_store_named_is_no_more_than_that(self, marks: SharedMarks, peer: SharedMarks) -> None:
        await marks.keep(TENANT, 4, await marks.look(TENANT))
        assert (await peer.look(TENANT)).mark in (None, 4)

    async def test_a_mark_is_believed_no_longer_than_a_lease(self, marks: SharedMarks, peer: SharedMarks) -> None:
        await marks.keep(TENANT, 4, await marks.look(TENANT))
        await asyncio.sleep(marks.lease_seconds * 1.1)
        assert (await peer.look(TENANT)).mark is None

    async def test_an_old_look_makes_nothing_believed(self, marks: SharedMarks, peer: SharedMarks) -> None:
        look = await marks.look(TENANT)
        await asyncio.sleep(marks.lease_seconds * 1.1)
        await marks.keep(TENANT, 4, look)
        assert (await peer.look(TENANT)).mark is None

    async def test_tenants_are_apart(self, marks: SharedMarks, peer: SharedMarks) -> None:
        await marks.keep(TENANT, 4, await marks.look(TENANT))
        assert (await peer.look(OTHER)).mark is None
        await peer.tell(OTHER, 1, await peer.look(OTHER))
        assert (await marks.look(TENANT)).mark in (None, 4)

    async def test_a_look_of_nobodys_is_no_reason_to_believe(self, marks: SharedMarks, peer: SharedMarks) -> None:
        """Who could not be asked when the look was made cannot be told anything by it."""
        await marks.keep(TENANT, 4, Look(mark=None, moment=None))
        assert (await peer.look(TENANT)).mark is None
        assert await marks.tell(TENANT, 5, Look(mark=None, moment=None))
        assert await lowest(peer) >= 5

    async def test_many_at_once(self, marks: SharedMarks, peer: SharedMarks) -> None:
        """Each writer sees at least its own mark afterwards, whoever else tells and keeps."""

        async def write(one: SharedMarks, mark: int) -> bool:
            look = await one.look(TENANT)
            await one.tell(TENANT, mark, look)
            return await lowest(one) >= mark

        assert all(await asyncio.gather(*(write((marks, peer)[mark % 2], mark) for mark in range(200))))

    async def test_to_close_twice_is_harmless(self, marks: SharedMarks) -> None:
        await marks.look(TENANT)
        await marks.close()
        await marks.close()

"""Doing the writes of a list of records, each on its own: what one says wrong does not hold up the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from facetry.application.catalog import Catalog
from facetry.application.turns import Turns
from facetry.domain.catalog import Effect, Outcome, Refused, Write, error_of
from facetry.domain.errors import FacetryError

T = TypeVar("T")


async def write_each(
    catalog: Catalog, tenant: str, prepared: Iterable[Write | FacetryError], told: Callable[[Effect], object]
) -> list[object]:
    """Do the writes among what records became when they were read, in one transaction.

    A long list holds no other call up: between records others get their turn.

    Args:
        catalog: Where to.
        tenant: Whose.
        prepared: For each record the write that it asks for, or what is wrong with it; may read it when it is asked.
        told: Returns what is told of a write that took effect.

    Returns:
        For each record what is told of it, or the error that it ended in.

    Raises:
        IndexBehindError: Stored, but not searchable yet.
    """
    read = await _in_turns(prepared)
    writes = [one for one in read if not isinstance(one, FacetryError)]
    outcomes = iter((await catalog.write(tenant, writes)).outcomes if writes else ())
    return await _in_turns(_answers(read, outcomes, told))


async def _in_turns(made: Iterable[T]) -> list[T]:
    """Return what is made one by one, giving others their turn in between."""
    turns = Turns()
    found = []
    for one in made:
        found.append(one)
        await turns.give()
    return found


def _answers(
    prepared: Sequence[object], outcomes: Iterator[Outcome], told: Callable[[Effect], object]
) -> Iterator[object]:
    for one in prepared:
        if isinstance(one, FacetryError):
            yield one
        else:
            outcome = next(outcomes)
            yield error_of(outcome) if isinstance(outcome, Refused) else told(outcome)

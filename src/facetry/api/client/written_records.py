"""Doing the writes of a list of records, each on its own: what one says wrong does not hold up the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from facetry.application.catalog import Catalog
from facetry.application.turns import Turns
from facetry.domain.catalog import Effect, Outcome, Refused, Write, error_of
from facetry.domain.errors import FacetryError, IndexBehindError

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


def failed_step(error: FacetryError, prepared: Iterable[object], *, is_all: bool, is_first: bool) -> list[FacetryError]:
    """Return what is told of the records of a step that failed, one of several that a long list is written in.

    What the steps before it have stored stays, so the failure is told of its own records only.

    Raises:
        IndexBehindError, StoreError: It is that of the whole call: of a list that was a single step, or of a first one
            that could not be stored.
    """
    if is_all or (is_first and not isinstance(error, IndexBehindError)):
        raise error
    return [one if isinstance(one, FacetryError) else error for one in prepared]


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

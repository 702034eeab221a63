"""Doing the writes of a list of records, each on its own: what one says wrong does not hold up the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from facetry.application.catalog import Catalog
from facetry.domain.catalog import Effect, Outcome, Refused, Write, error_of
from facetry.domain.errors import FacetryError


async def write_each(
    catalog: Catalog, tenant: str, prepared: Sequence[Write | FacetryError], told: Callable[[Effect], object]
) -> list[object]:
    """Do the writes among what records became when they were read, in one transaction.

    Args:
        catalog: Where to.
        tenant: Whose.
        prepared: For each record the write that it asks for, or what is wrong with it.
        told: Returns what is told of a write that took effect.

    Returns:
        For each record what is told of it, or the error that it ended in.

    Raises:
        IndexBehindError: Stored, but not searchable yet.
    """
    writes = [one for one in prepared if not isinstance(one, FacetryError)]
    outcomes = iter((await catalog.write(tenant, writes)).outcomes if writes else ())
    return [*_answers(prepared, outcomes, told)]


def _answers(
    prepared: Sequence[object], outcomes: Iterator[Outcome], told: Callable[[Effect], object]
) -> Iterator[object]:
    for one in prepared:
        if isinstance(one, FacetryError):
            yield one
        else:
            outcome = next(outcomes)
            yield error_of(outcome) if isinstance(outcome, Refused) else told(outcome)

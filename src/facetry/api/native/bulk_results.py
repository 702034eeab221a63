"""Results of a bulk, a line of JSON for each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import msgspec

from facetry.api.native.problems import problem
from facetry.application.bulk_writes import BulkReceipt
from facetry.domain.catalog import Brief, Refused, error_of
from facetry.domain.errors import FacetryError

NOT_DONE = "not_done"
_CREATED, _OK, _NO_CONTENT, _FAILED_DEPENDENCY = 201, 200, 204, 424
_OF_ANSWERS = ("type", "title", "request_id")
"""What a problem says of an answer as a whole."""
_TOGETHER = 500
"""So many results of an atomic bulk are told at a time."""


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a result belongs: the number of its line, and the SKU that it names, empty where it names none."""

    line: int
    sku: str


class Result(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What became of a line that was done: of the product that it names its SKU, and its id unless it is gone."""

    line: int
    status: int
    sku: str
    id: int = 0


class Results:
    """The results of one bulk."""

    def __init__(self, revision: int, *, only_failed: bool) -> None:
        """Begin at a revision of the tenant; count all, and tell all or those that failed."""
        self._revision = revision
        self._only_failed = only_failed
        self._encode = msgspec.json.Encoder().encode_lines
        self._lines = 0
        self._failed = 0
        self._replayed = 0

    def told(self, places: Sequence[Place], receipt: BulkReceipt) -> bytes:
        """Return the lines of what was done."""
        self._revision = receipt.revision
        self._lines += len(places)
        self._replayed += len(places) * receipt.is_replay
        pairs = [*zip(places, receipt.outcomes, strict=True)]
        failed = [pair for pair in pairs if isinstance(pair[1], Refused)]
        self._failed += len(failed)
        return self._encode([_told(place, outcome) for place, outcome in (failed if self._only_failed else pairs)])

    async def all_told(self, places: Sequence[Place], receipt: BulkReceipt) -> AsyncGenerator[bytes, None]:
        """Yield the lines of an atomic bulk that was done, and the last line."""
        for start in range(0, len(places), _TOGETHER):
            outcomes = receipt.outcomes[start : start + _TOGETHER]
            yield self.told(
                places[start : start + _TOGETHER], BulkReceipt(receipt.revision, outcomes, receipt.is_replay)
            )
        yield self.last()

    async def undone(self, places: Sequence[Place], at: int, refused: Refused) -> AsyncGenerator[bytes, None]:
        """Yield the lines of an atomic bulk of which one was refused, and the last line."""
        self._lines = self._failed = len(places)
        for start in range(0, len(places), _TOGETHER):
            some = enumerate(places[start : start + _TOGETHER], start)
            yield self._encode(
                [_told(place, refused) if i == at else _not_done(place, places[at]) for i, place in some]
            )
        yield self.last()

    def last(self, broken_off: FacetryError | tuple[str, str] | None = None) -> bytes:
        """Return the line that says that all is done, or why it is not: an error, or its code and what to say."""
        document: dict[str, object] = {"done": broken_off is None, "lines": self._lines, "failed": self._failed}
        if self._replayed:
            document["replayed"] = self._replayed
        document["revision"] = self._revision
        if isinstance(broken_off, FacetryError):
            document |= _of_error(broken_off)
        elif broken_off is not None:
            document |= dict(zip(("code", "detail"), broken_off, strict=True))
        return self._encode([document])


def _told(place: Place, outcome: Brief | Refused) -> object:
    if isinstance(outcome, Refused):
        return {**_named(place), **_of_error(error_of(outcome))}
    status = _CREATED if outcome.created else _OK if outcome.product_id else _NO_CONTENT
    return Result(place.line, status, place.sku, outcome.product_id)


def _not_done(place: Place, culprit: Place) -> object:
    detail = f"line {culprit.line} was refused"
    return {**_named(place), "status": _FAILED_DEPENDENCY, "code": NOT_DONE, "detail": detail}


def _named(place: Place) -> dict[str, object]:
    return {"line": place.line, "sku": place.sku} if place.sku else {"line": place.line}


def _of_error(error: FacetryError) -> dict[str, object]:
    """Return what a problem says of what it is about."""
    return {name: value for name, value in problem(error, "").items() if name not in _OF_ANSWERS}

"""What a shopper's query means: conditions that it states without doubt, things of the trade, and the rest, words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from facetry.domain.jewelry.certificates import certificates
from facetry.domain.jewelry.concepts import concepts
from facetry.domain.jewelry.findings import Finding
from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.grades import grades
from facetry.domain.jewelry.prices import prices
from facetry.domain.jewelry.sizes import sizes
from facetry.domain.jewelry.weights import FIELD, weights

# Who asks what a grade means does not want only products of that grade.
_QUESTION = re.compile(
    r"\b(?:difference|meaning|means?|explained|definition|versus|compare|comparison|chart|guide|how\sto|what\sis"
    r"|what's|vs(?!\s?[-/+]|\s(?:clarity|or\s(?:better|higher|above)\sclarity)))(?![a-z0-9])"
)
_TWO_SIDED = frozenset({"price", FIELD})
"""Fields of which a query may name a lower and an upper bound apart from each other."""


class Reading(msgspec.Struct, frozen=True):
    """How a run of a query, from ``start`` to before ``end``, is to be read: as a condition or as a thing of the trade.

    Attributes:
        filter: A condition in the filter language, else empty.
        concept: A term of ``concepts``, else empty.
        currencies: Of a price: currencies (ISO 4217) that what was typed may mean; empty where nothing was.
    """

    start: int
    end: int
    filter: str = ""
    concept: str = ""
    currencies: tuple[str, ...] = ()


def understand(text: str) -> list[Reading]:
    """Return how a query is to be read, in order; runs never overlap, and what lies between them is words."""
    view = folded(text)
    readings: list[Reading] = []
    for finding in _chosen(view.text):
        start, end = view.span(finding.start, finding.end)
        readings.append(Reading(start, end, finding.filter, currencies=finding.currencies))
    readings = _apart(readings)
    named = (
        Reading(concept.start, concept.end, concept=concept.term) for concept in concepts(_without(text, readings))
    )
    return sorted([*readings, *named], key=_start)


def _without(text: str, readings: list[Reading]) -> str:
    """Return the text with something meaningless in place of what has been read."""
    pieces: list[str] = []
    last = 0
    for reading in sorted(readings, key=_start):
        pieces += (text[last : reading.start], "|" * (reading.end - reading.start))
        last = reading.end
    return "".join(pieces) + text[last:]


def _chosen(text: str) -> list[Finding]:
    """Return the conditions that stand in a folded query without doubt."""
    if _QUESTION.search(text):
        return []
    found = list(_found(text))
    # Two grades of one stone contradict each other: what was meant is not for us to say.
    counts = Counter(finding.field for finding in found)
    return [finding for finding in found if counts[finding.field] <= (2 if finding.field in _TWO_SIDED else 1)]


def _start(reading: Reading) -> int:
    return reading.start


def _found(text: str) -> Iterator[Finding]:
    for read in (certificates, prices, weights, grades, sizes):
        yield from read(text)


def _apart(readings: list[Reading]) -> list[Reading]:
    """Return the readings without those that overlap an earlier one of the list."""
    kept: list[Reading] = []
    taken = bytearray(max((reading.end for reading in readings), default=0))
    for reading in readings:
        if not any(taken[reading.start : reading.end]):
            taken[reading.start : reading.end] = b"\1" * (reading.end - reading.start)
            kept.append(reading)
    return kept

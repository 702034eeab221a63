"""Making beforehand what the first text search of a merged segment would have to make."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial

from facetry.engines.columns.segment import Segment
from facetry.engines.columns.text.identifiers import IDS, SKUS, normal_ids, normal_skus
from facetry.engines.columns.text.suggesting import VALUES, group_values
from facetry.engines.columns.text.terms import SIGNED_WORDS, signed_words

_MAKERS: Mapping[Hashable, Callable[[Segment], object]] = {
    SIGNED_WORDS: signed_words,
    IDS: normal_ids,
    SKUS: normal_skus,
    **{name: partial(group_values, name=name) for name in VALUES},
}


def prepare_like(sources: Sequence[Segment], merged: Segment) -> None:
    """Make of a merged segment what searches have asked of any of those that it was made of."""
    for name, make in _MAKERS.items():
        if any(source.kept(name) is not None for source in sources):
            make(merged)

"""Building a segment from groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import count

import msgspec
import numpy as np

from facetry.domain.analysis import terms
from facetry.domain.field_faceting import product_values
from facetry.domain.field_query import KEYWORD_FIELDS, TEXT_FIELDS
from facetry.domain.field_ranking import field_keywords, field_text
from facetry.domain.group import ProductGroup
from facetry.engines.columns.dictionary import ValueDictionary
from facetry.engines.columns.segment import (
    COLUMNS,
    CURRENCY,
    MISSING,
    NUMBERS,
    Longs,
    Segment,
    Strings,
    ValueColumn,
    encoded,
    term_key,
)

_TEXT_KEYS = tuple((field, term_key(field, "")) for field in TEXT_FIELDS)
_KEYWORD_KEYS = tuple((field, term_key(field, "")) for field in KEYWORD_FIELDS)
_ENCODE = msgspec.json.Encoder().encode


def build_segment(
    groups: Iterable[ProductGroup], language: str, dictionaries: Mapping[str, ValueDictionary], after: int
) -> Segment:
    """Return a segment of groups with distinct ids; new values are added to the dictionaries."""
    builder = _Builder(language, dictionaries)
    for group in sorted(groups, key=lambda group: group.group_id):
        builder.add(group)
    return builder.segment(after)


class _Builder:
    """Lists that grow group by group, in order of ids, and become arrays at the end."""

    def __init__(self, language: str, dictionaries: Mapping[str, ValueDictionary]) -> None:
        self._language = language
        self._dictionaries = dictionaries
        self._ids: list[bytes] = []
        self._documents: list[bytes] = []
        # Looking up an unknown key numbers it.
        self._terms: defaultdict[str, int] = defaultdict(count().__next__)
        self._posting_terms: list[int] = []
        self._posting_counts: list[int] = []
        self._group_postings: list[int] = []
        self._lengths: list[int] = []
        self._numbers: list[int] = []
        self._currencies: list[int] = []
        self._product_starts = [0]
        self._value_starts: dict[str, list[int]] = {name: [0] for name in COLUMNS}
        self._codes: dict[str, list[int]] = {name: [] for name in COLUMNS}

    def add(self, group: ProductGroup) -> None:
        """Add the group with the next higher id."""
        self._ids.append(encoded(group.group_id))
        self._documents.append(_ENCODE(group))
        self._add_terms(group)
        for name in NUMBERS:
            number = getattr(group, name)
            self._numbers.append(MISSING if number is None else number)
        currency = group.currency
        self._currencies.append(-1 if currency is None else self._dictionaries[CURRENCY][currency])
        self._product_starts.append(self._product_starts[-1] + len(group.products))
        for name in COLUMNS:
            dictionary, codes, starts = self._dictionaries[name], self._codes[name], self._value_starts[name]
            for product in group.products:
                codes.extend([dictionary[value] for value in product_values(product, name)])
                starts.append(len(codes))

    def _add_terms(self, group: ProductGroup) -> None:
        keys: list[str] = []
        for field, prefix in _TEXT_KEYS:
            found = terms(field_text(group, field), self._language)
            self._lengths.append(len(found))
            keys += [prefix + term for term in found]
        for field, prefix in _KEYWORD_KEYS:
            keys += [prefix + keyword for keyword in field_keywords(group, field)]
        counts = Counter(keys)
        self._posting_terms.extend(map(self._terms.__getitem__, counts))
        self._posting_counts.extend(counts.values())
        self._group_postings.append(len(counts))

    def segment(self, after: int) -> Segment:
        """Return the segment of all groups added."""
        groups = len(self._ids)
        vocabulary = sorted(self._terms)
        ranks = np.empty(len(vocabulary), np.int64)
        ranks[[self._terms[key] for key in vocabulary]] = np.arange(len(vocabulary))
        posting_ranks: Longs = ranks[np.array(self._posting_terms, np.int64)]
        order = np.argsort(posting_ranks, kind="stable")
        posting_starts = np.zeros(len(vocabulary) + 1, np.int64)
        np.cumsum(np.bincount(posting_ranks, minlength=len(vocabulary)), out=posting_starts[1:])
        return Segment(
            after=after,
            ids=Strings.of(self._ids),
            vocabulary=Strings.of([encoded(key) for key in vocabulary]),
            posting_starts=posting_starts,
            posting_groups=np.repeat(np.arange(groups, dtype=np.int32), self._group_postings)[order],
            posting_counts=np.array(self._posting_counts, np.int32)[order],
            lengths=np.array(self._lengths, np.int32).reshape(groups, len(TEXT_FIELDS)).T.copy(),
            numbers=np.array(self._numbers, np.int64).reshape(groups, len(NUMBERS)).T.copy(),
            currencies=np.array(self._currencies, np.int32),
            product_starts=np.array(self._product_starts, np.int32),
            columns={
                name: ValueColumn(np.array(self._value_starts[name], np.int32), np.array(self._codes[name], np.int32))
                for name in COLUMNS
            },
            documents=Strings.of(self._documents),
        )

"""Building a segment from groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import count

import numpy as np

from facetry.domain.analysis import terms
from facetry.domain.field_query import KEYWORD_FIELDS, TEXT_FIELDS
from facetry.domain.field_ranking import field_keywords, field_text
from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.domain.search.rules import TEXT_FIELDS as SEARCH_FIELDS
from facetry.domain.search.suggestions import name_key
from facetry.domain.search.text.documents import group_text
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.documents import group_document, product_blocks
from facetry.engines.columns.kernels.text_building import place_postings
from facetry.engines.columns.segment import (
    CURRENCY,
    GROUP_ID,
    MISSING,
    NAME_KEY,
    NUMBERS,
    Ints,
    Longs,
    Segment,
    term_key,
)
from facetry.engines.columns.strings import Strings, encoded
from facetry.engines.columns.tabling import product_table, stone_table

_TEXT_KEYS = tuple((field, term_key(field, "")) for field in TEXT_FIELDS)
_KEYWORD_KEYS = tuple((field, term_key(field, "")) for field in KEYWORD_FIELDS)


def build_segment(groups: Iterable[ProductGroup], language: str, dictionaries: Dictionaries, after: int) -> Segment:
    """Return a segment of groups with distinct ids; new values are added to the dictionaries."""
    builder = _Builder(language, dictionaries)
    for group in sorted(groups, key=lambda group: group.group_id):
        builder.add(group)
    return builder.segment(after)


class _Builder:
    """Lists that grow group by group, in order of ids, and become arrays at the end."""

    def __init__(self, language: str, dictionaries: Dictionaries) -> None:
        self._language = language
        self._dictionaries = dictionaries
        self._ids: list[bytes] = []
        self._group_codes: list[int] = []
        self._group_hashes: list[bytes] = []
        self._documents: list[bytes] = []
        self._blocks: list[bytes] = []
        # Looking up an unknown key numbers it.
        self._terms: defaultdict[str, int] = defaultdict(count().__next__)
        self._posting_terms: list[int] = []
        self._posting_counts: list[int] = []
        self._group_postings: list[int] = []
        self._lengths: list[int] = []
        self._text_lengths: list[tuple[int, ...]] = []
        self._numbers: list[int] = []
        self._currencies: list[int] = []
        self._products: list[Product] = []
        self._product_starts = [0]

    def add(self, group: ProductGroup) -> None:
        """Add the group with the next higher id."""
        group_id = encoded(group.group_id)
        self._ids.append(group_id)
        self._group_codes.append(self._dictionaries[GROUP_ID][group.group_id])
        self._group_hashes.append(blake2b(group_id, digest_size=8).digest())
        self._documents.append(group_document(group))
        self._blocks += product_blocks(group.products)
        self._add_terms(group)
        for name in NUMBERS:
            number = getattr(group, name)
            self._numbers.append(MISSING if number is None else number)
        currency = group.currency
        self._currencies.append(-1 if currency is None else self._dictionaries[CURRENCY][currency])
        self._products += group.products
        self._product_starts.append(len(self._products))

    def _add_terms(self, group: ProductGroup) -> None:
        before = len(self._posting_terms)
        keys: list[str] = []
        for field, prefix in _TEXT_KEYS:
            found = terms(field_text(group, field), self._language)
            self._lengths.append(len(found))
            keys += [prefix + term for term in found]
        for field, prefix in _KEYWORD_KEYS:
            keys += [prefix + keyword for keyword in field_keywords(group, field)]
        self._add_postings(Counter(keys))
        text = group_text(group, self._language)
        self._add_postings(text.counts)
        self._add_postings({NAME_KEY + name_key(group.name): 1})
        self._text_lengths.append(text.lengths)
        self._group_postings.append(len(self._posting_terms) - before)

    def _add_postings(self, counts: Mapping[str, int]) -> None:
        self._posting_terms.extend(map(self._terms.__getitem__, counts))
        self._posting_counts.extend(counts.values())

    def _postings(self) -> tuple[Strings, Longs, Ints, Ints]:
        """Return the vocabulary and its postings, see ``Segment``."""
        keys = [*self._terms]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        ranks = np.empty(len(keys), np.int32)
        ranks[order] = np.arange(len(keys), dtype=np.int32)
        terms: Ints = np.array(self._posting_terms, np.int32)
        starts = np.zeros(len(keys) + 1, np.int64)
        groups, counts = np.empty(len(terms), np.int32), np.empty(len(terms), np.int32)
        sizes: Ints = np.array(self._group_postings, np.int32)
        place_postings(terms, np.array(self._posting_counts, np.int32), sizes, ranks, starts, groups, counts)
        return Strings.of_texts([keys[number] for number in order]), starts, groups, counts

    def segment(self, after: int) -> Segment:
        """Return the segment of all groups added."""
        groups = len(self._ids)
        vocabulary, posting_starts, posting_groups, posting_counts = self._postings()
        stone_starts, stones = stone_table(self._products, self._dictionaries)
        return Segment(
            after=after,
            ids=Strings.of(self._ids),
            vocabulary=vocabulary,
            posting_starts=posting_starts,
            posting_groups=posting_groups,
            posting_counts=posting_counts,
            lengths=np.array(self._lengths, np.int32).reshape(groups, len(TEXT_FIELDS)).T.copy(),
            text_lengths=np.array(self._text_lengths, np.uint16).reshape(groups, len(SEARCH_FIELDS)),
            numbers=np.array(self._numbers, np.int64).reshape(groups, len(NUMBERS)).T.copy(),
            currencies=np.array(self._currencies, np.int32),
            group_codes=np.array(self._group_codes, np.int32),
            group_hashes=np.frombuffer(b"".join(self._group_hashes), "<i8").astype(np.int64),
            product_starts=np.array(self._product_starts, np.int32),
            products=product_table(self._products, self._dictionaries),
            stone_starts=stone_starts,
            stones=stones,
            skus=Strings.of_texts([product.sku for product in self._products]),
            group_documents=Strings.of(self._documents),
            product_blocks=Strings.of(self._blocks),
        )

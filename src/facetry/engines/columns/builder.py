"""Building a segment from groups."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from operator import attrgetter

import numpy as np

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.documents import group_document, product_blocks
from facetry.engines.columns.packing import NO_TEMPLATE
from facetry.engines.columns.posting_counts import packed_counts
from facetry.engines.columns.segment import CURRENCY, GROUP_ID, MISSING, NUMBERS, Segment
from facetry.engines.columns.strings import Strings, encoded
from facetry.engines.columns.tabling import product_table, stone_table
from facetry.engines.columns.text.kept_texts import KeptTexts

_NUMBERS_OF = attrgetter(*NUMBERS)
_KEPT_TEXTS = KeptTexts()


def build_segment(groups: Iterable[ProductGroup], language: str, dictionaries: Dictionaries, after: int) -> Segment:
    """Return a segment of groups with distinct ids; new values are added to the dictionaries."""
    builder = _Builder(language, dictionaries)
    for group in sorted(groups, key=lambda group: group.group_id):
        builder.add(group)
    return builder.segment(after)


class _Builder:
    """Lists that grow group by group, in order of ids, and become arrays at the end."""

    def __init__(self, language: str, dictionaries: Dictionaries) -> None:
        self._dictionaries = dictionaries
        self._ids: list[bytes] = []
        self._group_codes: list[int] = []
        self._group_hashes: list[bytes] = []
        self._documents: list[bytes] = []
        self._blocks: list[bytes] = []
        self._language = language
        self._groups: list[ProductGroup] = []
        # Places of groups that the tenant had before.
        self._again: list[int] = []
        self._numbers: list[int] = []
        self._currencies: list[int] = []
        self._products: list[Product] = []
        self._product_starts = [0]

    def add(self, group: ProductGroup) -> None:
        """Add the group with the next higher id."""
        group_id = encoded(group.group_id)
        self._ids.append(group_id)
        if group.group_id in self._dictionaries[GROUP_ID]:
            self._again.append(len(self._groups))
        self._groups.append(group)
        self._group_codes.append(self._dictionaries[GROUP_ID][group.group_id])
        self._group_hashes.append(blake2b(group_id, digest_size=8).digest())
        self._documents.append(group_document(group))
        self._blocks += product_blocks(group.products)
        self._numbers += [MISSING if number is None else number for number in _NUMBERS_OF(group)]
        currency = group.currency
        self._currencies.append(-1 if currency is None else self._dictionaries[CURRENCY][currency])
        self._products += group.products
        self._product_starts.append(len(self._products))

    def segment(self, after: int) -> Segment:
        """Return the segment of all groups added."""
        groups = len(self._ids)
        text = _KEPT_TEXTS.arrays(self._groups, self._again, self._language)
        stone_starts, stones = stone_table(self._products, self._dictionaries)
        return Segment(
            after=after,
            ids=Strings.of(self._ids),
            vocabulary=text.vocabulary,
            posting_starts=text.posting_starts,
            posting_groups=text.posting_groups,
            posting_counts=packed_counts(text.posting_counts),
            lengths=text.lengths,
            text_lengths=text.text_lengths,
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
            template=NO_TEMPLATE,
        )

"""Building a segment from groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import chain
from operator import attrgetter

import numpy as np

from facetry.domain.group import ProductGroup
from facetry.domain.search.text.silencing import heard
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.documents import blocks_of_all, group_documents
from facetry.engines.columns.packing import NO_TEMPLATE
from facetry.engines.columns.posting_counts import packed_counts
from facetry.engines.columns.segment import CURRENCY, GROUP_ID, MISSING, NUMBERS, Ints, Longs, Segment
from facetry.engines.columns.strings import Strings, encoded
from facetry.engines.columns.tabling import product_table, stone_table
from facetry.engines.columns.text.kept_texts import KeptTexts

_ID_OF, _PRODUCTS_OF, _CURRENCY_OF = map(attrgetter, ("group_id", "products", "currency"))
_NUMBERS_OF = attrgetter(*NUMBERS)
_KEPT_TEXTS = KeptTexts()


def go_on() -> None:
    """Give way to nobody."""


def build_segment(
    groups: Iterable[ProductGroup],
    language: str,
    dictionaries: Dictionaries,
    after: int,
    silent: frozenset[str] = frozenset(),
    give_way: Callable[[], None] = go_on,
) -> Segment:
    """Return a segment.

    Args:
        groups: What it holds, with distinct ids.
        language: How texts are analysed.
        dictionaries: They get the new values.
        after: See ``Segment``.
        silent: The full names of attributes whose values are no words.
        give_way: Called between steps of about the same length.
    """
    ordered = sorted(groups, key=_ID_OF)
    texts = [*map(_ID_OF, ordered)]
    ids = [*map(encoded, texts)]
    known = dictionaries[GROUP_ID]
    # Places of groups that the tenant had before.
    again = [place for place, group_id in enumerate(texts) if group_id in known]
    group_codes = known.codes(texts)
    currencies = dictionaries[CURRENCY].codes([*map(_CURRENCY_OF, ordered)])
    products = [*chain.from_iterable(map(_PRODUCTS_OF, ordered))]
    seen = [heard(group, silent) for group in ordered] if silent else ordered
    text = _KEPT_TEXTS.arrays(seen, again, language)
    give_way()
    stone_starts, stones = stone_table(products, dictionaries)
    table = product_table(products, dictionaries)
    give_way()
    return Segment(
        after=after,
        ids=Strings.of(ids),
        vocabulary=text.vocabulary,
        posting_starts=text.posting_starts,
        posting_groups=text.posting_groups,
        posting_counts=packed_counts(text.posting_counts),
        lengths=text.lengths,
        text_lengths=text.text_lengths,
        numbers=_numbers(ordered),
        currencies=currencies,
        group_codes=group_codes,
        group_hashes=_hashes(ids),
        product_starts=_product_starts(ordered),
        products=table,
        stone_starts=stone_starts,
        stones=stones,
        skus=Strings.of_texts([product.sku for product in products]),
        group_documents=group_documents(ordered),
        product_blocks=blocks_of_all(ordered),
        template=NO_TEMPLATE,
    )


def _numbers(groups: Sequence[ProductGroup]) -> Longs:
    """Return ``Segment.numbers``."""
    numbers = [MISSING if number is None else number for group in groups for number in _NUMBERS_OF(group)]
    return np.array(numbers, np.int64).reshape(len(groups), len(NUMBERS)).T.copy()


def _hashes(ids: Sequence[bytes]) -> Longs:
    """Return ``Segment.group_hashes``."""
    hashes = b"".join([blake2b(group_id, digest_size=8).digest() for group_id in ids])
    return np.frombuffer(hashes, "<i8").astype(np.int64)


def _product_starts(groups: Sequence[ProductGroup]) -> Ints:
    starts = np.zeros(len(groups) + 1, np.int32)
    np.cumsum(np.array([len(group.products) for group in groups], np.int32), out=starts[1:])
    return starts

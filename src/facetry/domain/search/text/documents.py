"""What a search sees of a group: the keys of its texts, how often each field has them, and how long the fields are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import msgspec

from facetry.domain.analysis import MAX_TERM_LENGTH, has_digit, stems, words
from facetry.domain.group import ProductGroup
from facetry.domain.jewelry.concepts import concepts, product_concepts
from facetry.domain.search.rules import TEXT_FIELDS
from facetry.domain.search.slots import BEGIN, CONCEPT, PAIR, STEM, WORD
from facetry.domain.search.text.negation import denied, denied_by_ending
from facetry.domain.search.text.variants import VARIANT_WORDS, variant_texts

FIELD_BITS = 4
MAX_COUNT = 2**FIELD_BITS - 1
"""A key that stands in a field more often counts so often."""
MAX_LENGTH = 2**16 - 1
BEGIN_WORDS = 10
"""So many leading words of the name are known by their position."""
PAIR_WORDS = 50
"""So many leading words of the name make pairs."""
NAME, VARIANTS = TEXT_FIELDS.index("name"), TEXT_FIELDS.index("variants")
_WORDS_KEPT = 1 << 17
_IN_NAME = 1 << FIELD_BITS * NAME


class GroupText(msgspec.Struct, frozen=True):
    """What a search sees of one group.

    Attributes:
        counts: How often each of ``TEXT_FIELDS`` has a key: field ``f`` in the bits from ``FIELD_BITS * f`` on, so
            that the counts of one key are an integer of 24 bits. Only keys that the group has.
        lengths: The number of words in each of ``TEXT_FIELDS``.
    """

    counts: dict[str, int]
    lengths: tuple[int, ...]


def unpacked(counts: int) -> tuple[int, ...]:
    """Return the counts of a key by field."""
    return tuple(counts >> FIELD_BITS * field & MAX_COUNT for field in range(len(TEXT_FIELDS)))


def stem_keys(word: str, language: str) -> tuple[str, ...]:
    """Return the keys of the stems of a folded word; none where it has a digit: then only the word itself is meant."""
    return () if has_digit(word) else tuple(STEM + stem for stem in stems(word, language))


def place_stem(word: str, language: str) -> str:
    """Return the text that stands for a folded word in pairs and at the beginning of the name."""
    return word[:MAX_TERM_LENGTH] if has_digit(word) else stems(word, language)[0]


def pair_key(first: str, second: str) -> str:
    """Return the key of two stems that stand side by side in this order."""
    return f"{PAIR}{first} {second}"


def begin_key(place: int, stem: str) -> str:
    """Return the key of the stem of the name's word at a place below ``BEGIN_WORDS``."""
    return f"{BEGIN}{place}{stem}"


def group_text(group: ProductGroup, language: str) -> GroupText:
    """Return what a search sees of a group whose texts are in ``language``."""
    packed: dict[str, int] = {}
    name = words(group.name)
    lengths = (
        _add(packed, 0, language, name, (*denied(name, language), *_terms(group.name))),
        _add_values(packed, 1, language, group.brands),
        _add_values(packed, 2, language, group.category),
        _add_values(packed, 3, language, group.search_keywords),
        _add_variants(packed, language, group, name),
        _add_description(packed, language, group.description),
    )
    _add_places(packed, language, name)
    return GroupText(packed, lengths)


def _add(packed: dict[str, int], field: int, language: str, found: Sequence[str], others: Iterable[str]) -> int:
    """Add the words of a field and other keys that it has, and return its length."""
    known = _known(language)
    counts: dict[str, int] = Counter(others)
    for word, count in Counter(found).items():
        for key in known[word]:
            counts[key] = counts.get(key, 0) + count
    shift = FIELD_BITS * field
    for key, count in counts.items():
        packed[key] = packed.get(key, 0) | min(count, MAX_COUNT) << shift
    return min(len(found), MAX_LENGTH)


def _add_values(packed: dict[str, int], field: int, language: str, texts: Iterable[str]) -> int:
    """Add the texts of a field whose values many groups share."""
    values = [_value(text, language) for text in texts]
    found = [word for words_of, _ in values for word in words_of]
    return _add(packed, field, language, found, [key for _, others in values for key in others])


def _add_variants(packed: dict[str, int], language: str, group: ProductGroup, name: Sequence[str]) -> int:
    """Add the distinct words and concepts of what tells the products of a group apart."""
    found: dict[str, None] = {}
    others: dict[str, None] = {}
    values, names = variant_texts(group)
    for text in values:
        words_of, others_of = _value(text, language)
        found.update(dict.fromkeys(words_of))
        others.update(dict.fromkeys(others_of))
    in_name = set(name)
    for text in names:
        words_of, others_of = _value(text, language)
        found.update((word, None) for word in words_of if word not in in_name)
        others.update(dict.fromkeys(others_of))
    for product in group.products:
        if product.metals or product.gemstones:
            others.update((CONCEPT + term, None) for term in product_concepts(product))
    return _add(packed, VARIANTS, language, list(found)[:VARIANT_WORDS], list(others)[:VARIANT_WORDS])


def _add_description(packed: dict[str, int], language: str, text: str) -> int:
    found = words(text)
    return _add(packed, len(TEXT_FIELDS) - 1, language, found, (*denied(found, language), *_terms(text)))


def _add_places(packed: dict[str, int], language: str, name: Sequence[str]) -> None:
    """Add where in the name its words stand: side by side, and at its beginning."""
    found = [place_stem(word, language) for word in name[:PAIR_WORDS]]
    for first, second in pairwise(found):
        packed[f"{PAIR}{first} {second}"] = _IN_NAME
    for place, stem in enumerate(found[:BEGIN_WORDS]):
        packed[f"{BEGIN}{place}{stem}"] = _IN_NAME


def _terms(text: str) -> list[str]:
    return [CONCEPT + concept.term for concept in concepts(text)]


@lru_cache(maxsize=1 << 15)
def _value(text: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words, and the other keys, of a value that many groups may have."""
    found = words(text)
    return tuple(found), (*denied(found, language), *_terms(text))


class _Known(dict[str, tuple[str, ...]]):
    """The keys of each word met: of itself, of its stems, of what it denies."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        denies = denied_by_ending(word, self._language)
        keys = (WORD + word[:MAX_TERM_LENGTH], *stem_keys(word, self._language), *([denies] if denies else []))
        self[word] = keys
        return keys


@lru_cache(maxsize=16)
def _known(language: str) -> _Known:
    return _Known(language)

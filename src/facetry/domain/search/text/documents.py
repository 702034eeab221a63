"""What a search sees of a group: the keys of its texts, how often each field has them, and how long the fields are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

import msgspec

from facetry.domain.analysis import MAX_TERM_LENGTH, has_digit, stems, words
from facetry.domain.group import ProductGroup, active_part
from facetry.domain.jewelry.concepts import concept_terms, product_concepts
from facetry.domain.jewelry.openings import NAMES, kind, may_name
from facetry.domain.product import Product
from facetry.domain.search.rules import TEXT_FIELDS
from facetry.domain.search.slots import BEGIN, CONCEPT, PAIR, STEM, WORD
from facetry.domain.search.text.negation import denied, denied_by_ending, is_sign
from facetry.domain.search.text.variants import VARIANT_WORDS, variant_texts

FIELD_BITS = 4
MAX_COUNT = 2**FIELD_BITS - 1
"""A key that stands in a field more often counts so often."""
HIDDEN = 1 << FIELD_BITS * len(TEXT_FIELDS)
"""In the counts of a key: only inactive products give it to the group."""
MAX_LENGTH = 2**16 - 1
BEGIN_WORDS = 10
"""So many leading words of the name are known by their position."""
PAIR_WORDS = 50
"""So many leading words of the name make pairs."""
NAME = TEXT_FIELDS.index("name")
DENIES = 4
"""Bit of ``KnownWord.signs`` beside those of ``openings``."""
_WORDS_KEPT = 1 << 17
_SHORT = 100
_T = TypeVar("_T")


class GroupText(msgspec.Struct, frozen=True):
    """What a search sees of one group.

    Attributes:
        counts: How often each of ``TEXT_FIELDS`` has a key: field ``f`` in the bits from ``FIELD_BITS * f`` on, so
            that the counts of one key are an integer of 24 bits, and ``HIDDEN`` above them. Only keys that the group
            has.
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


def keys_beside(text: str, found: int, language: str) -> list[str]:
    """Return the keys of a text beside those of its words: of what it denies, and of the things of the trade in it.

    Args:
        text: The text.
        found: Of a text in ASCII: ``DENIES`` where one of its words does, and ``NAMES`` where ``may_name`` is true.
        language: The language of the text.
    """
    is_plain = text.isascii()
    keys = denied(words(text), language) if found & DENIES or not is_plain else []
    return [*keys, *_concept_keys(text)] if found & NAMES or not is_plain else keys


class KnownWord(NamedTuple):
    """What a folded word stands for in texts of a language.

    Attributes:
        keys: The keys of the word itself, of its stems, and of what it denies.
        stem: The stem of ``analysis.terms``.
        placed: See ``place_stem``.
        signs: What it may mean for ``keys_beside`` of the text that it stands in, as bits.
    """

    keys: tuple[str, ...]
    stem: str
    placed: str
    signs: int


class FieldTokens(msgspec.Struct, frozen=True):
    """What a field of a group is counted from.

    Attributes:
        words: Its folded words, each as often as it counts; every one stands for the keys of ``KnownWord``.
        others: Its other keys, each as often as it counts.
    """

    words: list[str]
    others: list[str]


def group_text(group: ProductGroup, language: str) -> GroupText:
    """Return what a search sees of a group whose texts are in ``language``."""
    text = _whole_text(group, language)
    visible = active_part(group)
    if visible is group:
        return text
    shown = _whole_text(visible, language).counts if visible else {}
    return msgspec.structs.replace(
        text, counts={key: count if key in shown else count | HIDDEN for key, count in text.counts.items()}
    )


def shown_text(text: GroupText) -> GroupText:
    """Return what a search for active products only sees: no key that the group has of inactive ones alone."""
    counts = {key: count for key, count in text.counts.items() if count < HIDDEN}
    return text if len(counts) == len(text.counts) else msgspec.structs.replace(text, counts=counts)


def _whole_text(group: ProductGroup, language: str) -> GroupText:
    fields = field_tokens(group, language)
    known = known_words(language)
    packed: defaultdict[str, int] = defaultdict(int)
    for field, tokens in enumerate(fields):
        keys = [key for word in tokens.words for key in known[word].keys]
        keys += tokens.others
        one = 1 << FIELD_BITS * field
        if len(keys) <= MAX_COUNT:
            for key in keys:
                packed[key] += one
        else:
            for key, count in _capped(Counter(keys)).items():
                packed[key] += count * one
    return GroupText(dict(packed), tuple(min(len(tokens.words), MAX_LENGTH) for tokens in fields))


def _capped(counts: Mapping[str, int]) -> Mapping[str, int]:
    if max(counts.values()) <= MAX_COUNT:
        return counts
    return {key: min(count, MAX_COUNT) for key, count in counts.items()}


def field_tokens(group: ProductGroup, language: str) -> tuple[FieldTokens, ...]:
    """Return what each of ``TEXT_FIELDS`` of a group is counted from."""
    name = _text(group.name, language)
    name.others.extend(place_keys(name.words, language))
    return (
        name,
        _values(group.brands, language),
        _values(group.category, language),
        _values(group.search_keywords, language),
        _variants(group, language, name.words),
        _text(group.description, language),
    )


def place_keys(name: Sequence[str], language: str) -> list[str]:
    """Return the distinct keys of where in a name its folded words stand: side by side, and at its beginning."""
    known = known_words(language)
    found = [known[word].placed for word in name[:PAIR_WORDS]]
    pairs = {f"{PAIR}{first} {second}": None for first, second in pairwise(found)}
    return [*pairs, *(f"{BEGIN}{place}{stem}" for place, stem in enumerate(found[:BEGIN_WORDS]))]


def _text(text: str, language: str) -> FieldTokens:
    found = words(text)
    return FieldTokens(found, [*denied(found, language), *_terms(text, found)])


def _values(texts: Iterable[str], language: str) -> FieldTokens:
    """Return the tokens of texts that many groups may share."""
    values = [_value(text, language) for text in texts]
    return FieldTokens([word for found, _ in values for word in found], [key for _, keys in values for key in keys])


def part_keys(products: Iterable[Product]) -> list[str]:
    """Return the keys of what the metals and gemstones of products are, in order."""
    told = (product for product in products if product.metals or product.gemstones)
    return [CONCEPT + term for product in told for term in product_concepts(product)]


def _variants(group: ProductGroup, language: str, name: Iterable[str]) -> FieldTokens:
    """Return the distinct words and concepts of what tells the products of a group apart."""
    found: list[str] = []
    others: list[str] = []
    values, names = variant_texts(group)
    for text in values:
        words_of, keys_of = _value(text, language)
        found += words_of
        others += keys_of
    in_name = set(name)
    for text in names:
        words_of, keys_of = _value(text, language)
        found += (word for word in words_of if word not in in_name)
        others += keys_of
    others += part_keys(group.products)
    return FieldTokens(_distinct(found), _distinct(others))


def _distinct(texts: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(texts)][:VARIANT_WORDS]


def _terms(text: str, found: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of what a text with these folded words names."""
    if text.isascii() and not may_name(found):
        return ()
    return _concept_keys(text)


def _concept_keys(text: str) -> tuple[str, ...]:
    return _short_keys(text) if len(text) <= _SHORT else _long_keys(text)


def _long_keys(text: str) -> tuple[str, ...]:
    return tuple(map(CONCEPT.__add__, concept_terms(text)))


_short_keys = lru_cache(maxsize=1 << 15)(_long_keys)


def value_keys(text: str, language: str) -> list[str]:
    """Return the keys of words and their stems that a value has, each as often as it stands there."""
    known = known_words(language)
    return [key for word in words(text) for key in known[word].keys]


@lru_cache(maxsize=1 << 15)
def _value(text: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words, and the other keys, of a value that many groups may have."""
    found = words(text)
    return tuple(found), (*denied(found, language), *_terms(text, found))


class _Remembered(dict[str, _T]):
    """What a function makes of each word met."""

    def __init__(self, make: Callable[[str], _T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> _T:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        found = self[word] = self._make(word)
        return found


@lru_cache(maxsize=16)
def known_words(language: str) -> Mapping[str, KnownWord]:
    """Return what is known of each folded word, found when it is asked for."""

    def know(word: str) -> KnownWord:
        if word.isdecimal() and word.isascii():
            # A number has no stem and denies nothing; of numbers of things most stand in one text only.
            cut = word[:MAX_TERM_LENGTH]
            return KnownWord((WORD + cut,), cut, cut, kind(word))
        cut, stem = word[:MAX_TERM_LENGTH], stems(word, language)[0]
        denies = denied_by_ending(word, language)
        keys = (WORD + cut, *stem_keys(word, language), *([denies] if denies else []))
        signs = (DENIES if is_sign(word, language) else 0) | kind(word)
        return KnownWord(keys, stem, cut if has_digit(word) else stem, signs)

    return _Remembered(know)

"""What is offered to someone who is still typing, and the definition of every offer.

The typed text is its folded words; the last one may be the beginning of a longer word. Without a word nothing is
offered. What the caller may not see (see ``SuggestQuery.active_only``) does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from facetry.domain.analysis import words
from facetry.domain.group import ProductGroup, active_part
from facetry.domain.search.fields import BUILT_IN, Field
from facetry.domain.search.slots import WORD
from facetry.domain.search.text.documents import GroupText, shown_text, stem_keys
from facetry.domain.search.values import product_texts

DEFAULT_SUGGESTIONS = 5
MAX_SUGGESTIONS = 20
_BRAND, _CATEGORY = BUILT_IN["brand"], BUILT_IN["category"]
_Seen = tuple[ProductGroup, ProductGroup]
"""A group as the caller sees it, and with all its products."""


class SuggestQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed so far.

    Attributes:
        limit: Largest number of offers of each kind.
        language: The tenant's.
        active_only: Whether groups count as if they had no other products than their active ones; those without any
            are not offered.
    """

    text: str
    limit: int = DEFAULT_SUGGESTIONS
    language: str = "en"
    active_only: bool = False


class Suggestion(msgspec.Struct, frozen=True):
    """A text, and how many groups it is found in."""

    text: str
    count: int


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """What is offered.

    Attributes:
        queries: The typed words with the last one completed to a longer one: words of groups that have all the words
            before it (as typed or by a stem), by the number of these groups, then by code point.
        categories: Levels of categories (``Jewelry > Rings``), in the last crumb of which every typed word begins a
            word, by the number of groups with such a product, then by code point.
        brands: The same of brands.
        products: Groups the words of whose names begin with the typed ones, by these words, then by group id.
    """

    queries: tuple[Suggestion, ...] = ()
    categories: tuple[Suggestion, ...] = ()
    brands: tuple[Suggestion, ...] = ()
    products: tuple[ProductGroup, ...] = ()


def suggest(query: SuggestQuery, texts: Sequence[tuple[ProductGroup, GroupText]]) -> Suggestions:
    """Return what is offered among all groups of a tenant, each with what a search sees of it."""
    typed = words(query.text)
    if not typed:
        return Suggestions()
    if query.active_only:
        texts = [(group, shown_text(text)) for group, text in texts]
    seen = [(part, group) for group, _ in texts if (part := active_part(group) if query.active_only else group)]
    return Suggestions(
        queries=_completions(query, typed, (text for _, text in texts)),
        categories=_values(query, typed, _CATEGORY, seen),
        brands=_values(query, typed, _BRAND, seen),
        products=_products(query, typed, seen),
    )


def name_key(name: str) -> str:
    """Return the form in which names are compared with what is typed: their folded words, joined by blanks."""
    return " ".join(words(name))


def begins_words(text: str, typed: Iterable[str]) -> bool:
    """Return whether every typed word begins a word of a value; of a category only the last crumb counts."""
    known = last_words(text)
    return all(any(word.startswith(one) for word in known) for one in typed)


def last_words(text: str) -> list[str]:
    """Return the folded words of a value; of a category those of its last crumb."""
    return words(text.rpartition(">")[2])


def _completions(query: SuggestQuery, typed: Sequence[str], texts: Iterable[GroupText]) -> tuple[Suggestion, ...]:
    *before, last = typed
    lookups = [(WORD + word, *stem_keys(word, query.language)) for word in before]
    beginning = WORD + last
    counts: Counter[str] = Counter()
    for text in texts:
        if all(any(key in text.counts for key in keys) for keys in lookups):
            counts.update(key[1:] for key in text.counts if key.startswith(beginning) and key != beginning)
    found = _by_count(counts, query.limit)
    return tuple(Suggestion(" ".join((*before, one.text)), one.count) for one in found)


def _values(query: SuggestQuery, typed: Sequence[str], field: Field, seen: Iterable[_Seen]) -> tuple[Suggestion, ...]:
    counts = Counter(value for part, _ in seen for value in _distinct(field, part))
    return _by_count({value: count for value, count in counts.items() if begins_words(value, typed)}, query.limit)


def _distinct(field: Field, group: ProductGroup) -> set[str]:
    return {value for product in group.products for value in product_texts(field, product)}


def _products(query: SuggestQuery, typed: Sequence[str], seen: Iterable[_Seen]) -> tuple[ProductGroup, ...]:
    beginning = " ".join(typed)
    named = [(key, group.group_id, group) for part, group in seen if (key := name_key(part.name)).startswith(beginning)]
    named.sort(key=lambda entry: entry[:2])
    return tuple(group for _, _, group in named[: query.limit])


def _by_count(counts: dict[str, int], limit: int) -> tuple[Suggestion, ...]:
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(Suggestion(text, count) for text, count in ordered[:limit])

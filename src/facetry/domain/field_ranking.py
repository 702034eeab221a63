"""The definition of a match and of its score; every engine computes exactly this, in this order of operations.

A query is looked up field by field. Analysed text scores by BM25 (Robertson and Zaragoza, 2009, with the idf of
Lucene 8 that is never negative), keywords by idf alone, prices and flags by a constant. A group's score is that
of its best field, squashed below 1, plus 1 where one field has every word of the query: groups with all words in
one field rank before all others, and by relevance among themselves. A keyword field has every word also where it
has the whole text as one keyword.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import msgspec

from facetry.domain.analysis import keyword, keyword_queries, terms
from facetry.domain.field_query import FLAG_FIELDS, KEYWORD_FIELDS, NUMBER_FIELDS, TEXT_FIELDS, FieldQuery
from facetry.domain.field_result import FieldScore, TermScore
from facetry.domain.group import ProductGroup
from facetry.domain.money import parse_price

K1 = 1.2
B = 0.75
EXACT_WEIGHT = 1.0
"""What a matching price or flag scores."""


class QueryTerms(msgspec.Struct, frozen=True):
    """A query's text as each kind of field looks it up; distinct, in the order of the query.

    Attributes:
        text: Stemmed terms of analysed text.
        words: The words as typed.
        keywords: ``words`` and, last, the whole text if it has several.
        prices: Ten-thousandths of each word, None for a word that is no price.
        flags: Truth of each word, None for a word that is neither ``true`` nor ``false``.
    """

    text: tuple[str, ...]
    words: tuple[str, ...]
    keywords: tuple[str, ...]
    prices: tuple[int | None, ...]
    flags: tuple[bool | None, ...]


class AnalysedGroup(msgspec.Struct, frozen=True):
    """What a search sees of a group.

    Attributes:
        texts: How often each term stands in each text field.
        keywords: The distinct keywords of each keyword field.
        numbers: The prices and flags by field; a missing price is None.
    """

    texts: dict[str, dict[str, int]]
    keywords: dict[str, tuple[str, ...]]
    numbers: dict[str, int | None]


class Statistics(msgspec.Struct, frozen=True):
    """What scores depend on beside the group itself; over the live groups of one tenant.

    Attributes:
        groups: How many there are.
        lengths: The sum of the lengths of each text field, in terms.
        frequencies: How many groups have a term or keyword, by field and term.
    """

    groups: int
    lengths: dict[str, int]
    frequencies: dict[tuple[str, str], int]


def query_terms(query: FieldQuery) -> QueryTerms:
    """Return the terms that a query looks up."""
    words = tuple(dict.fromkeys(keyword(query.text).split()))
    return QueryTerms(
        text=tuple(dict.fromkeys(terms(query.text, query.language))),
        words=words,
        keywords=tuple(keyword_queries(query.text)),
        prices=tuple(parse_price(word) for word in words),
        flags=tuple({"true": True, "false": False}.get(word) for word in words),
    )


def analysed(group: ProductGroup, language: str) -> AnalysedGroup:
    """Return what a search sees of a group whose texts are in ``language``."""
    return AnalysedGroup(
        texts={field: Counter(terms(field_text(group, field), language)) for field in TEXT_FIELDS},
        keywords={field: field_keywords(group, field) for field in KEYWORD_FIELDS},
        numbers={field: getattr(group, field) for field in (*NUMBER_FIELDS, *FLAG_FIELDS)},
    )


def idf(groups: int, document_frequency: int) -> float:
    """Return the weight of a term that ``document_frequency`` of ``groups`` live groups have in a field."""
    return math.log(1.0 + (groups - document_frequency + 0.5) / (document_frequency + 0.5))


def text_weight(term_idf: float, frequency: float, length: float, average_length: float) -> float:
    """Return what a term adds to a text field's score; lengths in terms of the field."""
    return term_idf * (frequency * (K1 + 1.0)) / (frequency + K1 * (1.0 - B + B * (length / average_length)))


def group_score(best_field: float, *, complete: bool) -> float:
    """Return a group's score from that of its best field and whether one field has every word."""
    squashed = best_field / (1.0 + best_field)
    return 1.0 + squashed if complete else squashed


def matching_fields(
    group: AnalysedGroup, query: QueryTerms, fields: tuple[str, ...], statistics: Statistics
) -> tuple[FieldScore, ...]:
    """Return the score of each of these fields in which the group has a word of the query; none is no match."""
    scores = []
    for field in known_fields(fields):
        found, complete = _look_up(group, query, field, statistics)
        if found:
            scores.append(FieldScore(field, found, complete, sum_in_order(term.weight for term in found)))
    return tuple(scores)


def total_score(fields: tuple[FieldScore, ...]) -> float:
    """Return the score of a group that matches in these fields, at least one."""
    return group_score(max(field.score for field in fields), complete=any(field.complete for field in fields))


def sum_in_order(weights: Iterable[float]) -> float:
    """Return the sum, added from left to right: ``sum`` of newer Pythons compensates and differs in the last bit."""
    total = 0.0
    for weight in weights:
        total += weight
    return total


def _look_up(
    group: AnalysedGroup, query: QueryTerms, field: str, statistics: Statistics
) -> tuple[tuple[TermScore, ...], bool]:
    """Return the terms of the query that a field has, in order, and whether it has every word."""
    if field in TEXT_FIELDS:
        found = _text_terms(group.texts[field], query, field, statistics)
        return found, len(found) == len(query.text)
    if field in KEYWORD_FIELDS:
        has = group.keywords[field]
        found = tuple(_keyword_term(word, field, statistics) for word in query.keywords if word in has)
        return found, bool(found) and (query.keywords[-1] in has or all(word in has for word in query.words))
    wanted = query.flags if field in FLAG_FIELDS else query.prices
    pairs = zip(query.words, wanted, strict=True)
    held = group.numbers[field]
    exact = tuple(TermScore(word, 1, 0, EXACT_WEIGHT) for word, value in pairs if value is not None and value == held)
    return exact, len(exact) == len(query.words)


def _text_terms(has: dict[str, int], query: QueryTerms, field: str, statistics: Statistics) -> tuple[TermScore, ...]:
    length = sum(has.values())
    average = statistics.lengths[field] / statistics.groups
    found = []
    for term in query.text:
        frequency = has.get(term, 0)
        if frequency:
            common = statistics.frequencies[field, term]
            weight = text_weight(idf(statistics.groups, common), float(frequency), float(length), average)
            found.append(TermScore(term, frequency, common, weight))
    return tuple(found)


def _keyword_term(word: str, field: str, statistics: Statistics) -> TermScore:
    common = statistics.frequencies[field, word]
    return TermScore(word, 1, common, idf(statistics.groups, common))


def field_text(group: ProductGroup, field: str) -> str:
    """Return the text of an analysed field."""
    if field == "category":
        return "\n".join(group.category)
    return group.name if field == "name" else group.description


def field_keywords(group: ProductGroup, field: str) -> tuple[str, ...]:
    """Return the distinct keywords of a keyword field, in the order of its values."""
    values = (group.group_id,) if field == "group_id" else getattr(group, field)
    return tuple(dict.fromkeys(map(keyword, values)))


def known_fields(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the group fields among these names, distinct, in their fixed order."""
    wanted = set(names)
    return tuple(f for f in (*TEXT_FIELDS, *KEYWORD_FIELDS, *NUMBER_FIELDS, *FLAG_FIELDS) if f in wanted)

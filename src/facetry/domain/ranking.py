"""The definition of a match and of its score; every engine computes exactly this, in this order of operations.

A query is looked up field by field. Analysed text scores by BM25 (Robertson and Zaragoza, 2009, with the idf of
Lucene 8 that is never negative), keywords by idf alone, prices and flags by a constant. A group's score is that
of its best field, squashed below 1, plus 1 where one field has every word of the query: groups with all words in
one field rank before all others, and by relevance among themselves.
"""

from __future__ import annotations

import math

import msgspec

from facetry.domain.analysis import keyword, keyword_queries, terms
from facetry.domain.group import ProductGroup
from facetry.domain.money import parse_price
from facetry.domain.query import FLAG_FIELDS, KEYWORD_FIELDS, NUMBER_FIELDS, TEXT_FIELDS, SearchQuery

K1 = 1.2
B = 0.75
EXACT_WEIGHT = 1.0
"""What a matching price or flag scores."""


class QueryTerms(msgspec.Struct, frozen=True):
    """A query's text as each kind of field looks it up; distinct, in the order of the query.

    Attributes:
        text: Stemmed terms of analysed text.
        keywords: Words as typed and, last, the whole text if it has several.
        words: How many of ``keywords`` are single words.
        prices: Ten-thousandths of each word, None for a word that is no price.
        flags: Truth of each word, None for a word that is neither ``true`` nor ``false``.
    """

    text: tuple[str, ...]
    keywords: tuple[str, ...]
    words: int
    prices: tuple[int | None, ...]
    flags: tuple[bool | None, ...]


def query_terms(query: SearchQuery) -> QueryTerms:
    """Return the terms that a query looks up."""
    keywords = keyword_queries(query.text)
    single = list(dict.fromkeys(keyword(query.text).split()))
    return QueryTerms(
        text=tuple(dict.fromkeys(terms(query.text, query.language))),
        keywords=tuple(keywords),
        words=len(single),
        prices=tuple(parse_price(word) for word in single),
        flags=tuple({"true": True, "false": False}.get(word) for word in single),
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


def field_text(group: ProductGroup, field: str) -> str:
    """Return the text of an analysed field."""
    if field == "category":
        return "\n".join(group.category)
    return group.name if field == "name" else group.description


def field_keywords(group: ProductGroup, field: str) -> tuple[str, ...]:
    """Return the distinct keywords of a keyword field, in the order of its values."""
    values = (group.group_id,) if field == "group_id" else getattr(group, field)
    return tuple(dict.fromkeys(keyword(value) for value in values))


def known_fields(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the group fields among these names, distinct, in their fixed order."""
    wanted = set(names)
    return tuple(f for f in (*TEXT_FIELDS, *KEYWORD_FIELDS, *NUMBER_FIELDS, *FLAG_FIELDS) if f in wanted)

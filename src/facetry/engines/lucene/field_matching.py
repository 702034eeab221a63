"""Searches of the Catalog API as queries: what matches is the definition's, scores count words.

A word that a field has adds one, a group's score is that of its best field, and more where one field has every word:
``domain.field_ranking`` with a weight of one for each word. Such scores do not depend on other groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from facetry.domain.field_query import FLAG_FIELDS, KEYWORD_FIELDS, TEXT_FIELDS, FieldQuery
from facetry.domain.field_ranking import (
    QueryTerms,
    Statistics,
    analysed,
    group_score,
    known_fields,
    matching_fields,
    query_terms,
    sum_in_order,
)
from facetry.domain.field_result import FieldResult, FieldScore, Hit
from facetry.domain.group import ProductGroup
from facetry.engines.lucene.documents import unpacked
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.facts import fact
from facetry.engines.lucene.field_counting import counted, facet_aggregation
from facetry.engines.lucene.queries import all_of, any_of, one_of

COMPLETE = 4_096
"""Added to the scores of groups one field of which has every word: more than words that a text can have."""
MOST_CLAUSES = 600
"""Texts of more words than that, times fields, are found by any of them without a difference in score."""
MOST_HITS = 1_000_000
"""Hits behind so many are not reached."""


class _Wanted(msgspec.Struct):
    """What of a text a field is asked for.

    Attributes:
        terms: How many words each term stands for.
        whole: Sets of terms each of which is every word of the text.
    """

    terms: Mapping[str, int]
    whole: tuple[frozenset[str], ...]


class FieldSearch:
    """One search of the Catalog API: its requests, and what their answers say."""

    def __init__(self, tenant: str, query: FieldQuery) -> None:
        """Ask this query of a tenant's groups."""
        self._query = query
        self._terms = query_terms(query)
        wanted = {field: _wanted(field, self._terms) for field in known_fields(query.fields)}
        self._wanted = {field: found for field, found in wanted.items() if found.terms}
        self._limit = max(min(query.limit, MOST_HITS - query.offset), 0)
        self._tenant = {"term": {"tenant": tenant}}

    @property
    def is_empty(self) -> bool:
        """Return whether it can find nothing."""
        return not self._wanted

    def requests(self) -> list[Json]:
        """Return the bodies of its searches: the page, and where they are needed the best score and counts of words."""
        page: Json = {
            "query": self._scored(),
            "from": self._query.offset if self._limit else 0,
            "size": self._limit,
            "sort": [{"_score": "desc"}, {"group": "asc"}],
            "track_total_hits": True,
            "_source": ["body"],
            "aggs": {f"{place}": facet_aggregation(facet) for place, facet in enumerate(self._query.facets)},
        }
        best: Json = {"query": page["query"], "size": 1, "sort": page["sort"], "_source": False}
        return [page, *([best] if self._is_behind else []), *([self._counts()] if self._query.explain else [])]

    def result(self, answers: Sequence[Json], revision: int) -> FieldResult:
        """Return what the answers to ``requests`` say; without any, that nothing is found."""
        page: Json = answers[0] if answers else {"hits": {"hits": [], "total": {"value": 0}}}
        best = answers[1]["hits"]["hits"] if answers and self._is_behind else page["hits"]["hits"]
        found = page.get("aggregations", {})
        facets = enumerate(self._query.facets)
        return FieldResult(
            revision=revision,
            total=page["hits"]["total"]["value"],
            max_score=_score(best[0]) if best else None,
            hits=tuple(self._hits(page["hits"]["hits"], answers)),
            facets={facet.name: counted(facet, found.get(f"{place}")) for place, facet in facets},
            terms=tuple(dict.fromkeys((*self._terms.text, *self._terms.keywords))),
        )

    @property
    def _is_behind(self) -> bool:
        """Return whether the page does not begin with the best hit."""
        return self._query.offset > 0 or self._limit == 0

    def _scored(self) -> Json:
        is_short = (
            sum(len(wanted.terms) + sum(map(len, wanted.whole)) for wanted in self._wanted.values()) < MOST_CLAUSES
        )
        fields = [_any_term(wanted, is_short=is_short) for wanted in self._wanted.values()]
        whole = any_of(_every_term(terms) for wanted in self._wanted.values() for terms in wanted.whole if is_short)
        return {
            "bool": {
                "filter": [self._tenant],
                "must": [{"dis_max": {"queries": fields}}],
                "should": [{"constant_score": {"filter": whole, "boost": COMPLETE}}],
            }
        }

    def _counts(self) -> Json:
        """Return the search that tells how many groups have each term in each field."""
        terms = [term for wanted in self._wanted.values() for term in wanted.terms]
        filters = {f"{place}": {"filter": {"term": {"terms": term}}} for place, term in enumerate(terms)}
        return {"query": self._tenant, "size": 0, "track_total_hits": False, "aggs": filters}

    def _hits(self, hits: Iterable[Json], answers: Sequence[Json]) -> Iterator[Hit]:
        frequencies = self._frequencies(answers[-1]) if self._query.explain and answers else {}
        for hit in hits:
            group = unpacked(hit["_source"]["body"])
            yield Hit(group, _score(hit), self._explained(group, frequencies) if self._query.explain else ())

    def _frequencies(self, answer: Json) -> dict[tuple[str, str], int]:
        asked = [
            (field, term[len(fact(field, "")) :]) for field, wanted in self._wanted.items() for term in wanted.terms
        ]
        return {one: answer["aggregations"][f"{place}"]["doc_count"] for place, one in enumerate(asked)}

    def _explained(self, group: ProductGroup, frequencies: dict[tuple[str, str], int]) -> tuple[FieldScore, ...]:
        statistics = Statistics(1, dict.fromkeys(TEXT_FIELDS, 1), frequencies)
        seen = analysed(group, self._query.language)
        return tuple(map(_of_words, matching_fields(seen, self._terms, self._query.fields, statistics)))


def _wanted(field: str, terms: QueryTerms) -> _Wanted:
    if field in TEXT_FIELDS:
        text = _facts(field, terms.text)
        return _Wanted(text, (frozenset(text),))
    if field in KEYWORD_FIELDS:
        words, last = _facts(field, terms.words), _facts(field, terms.keywords[-1:])
        return _Wanted(_facts(field, terms.keywords), (frozenset(words), frozenset(last)))
    values = terms.flags if field in FLAG_FIELDS else terms.prices
    numbers = _facts(field, (str(int(value)) for value in values if value is not None))
    is_whole = len(numbers) == 1 and None not in values
    return _Wanted(numbers, (frozenset(numbers),) if is_whole else ())


def _facts(field: str, terms: Iterable[str]) -> Mapping[str, int]:
    return Counter(fact(field, term) for term in terms)


def _any_term(wanted: _Wanted, *, is_short: bool) -> Json:
    if not is_short:
        return {"constant_score": {"filter": one_of("terms", wanted.terms)}}
    clauses = [{"constant_score": {"filter": {"term": {"terms": t}}, "boost": n}} for t, n in wanted.terms.items()]
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _every_term(terms: frozenset[str]) -> Json:
    return all_of({"term": {"terms": term}} for term in sorted(terms))


def _of_words(field: FieldScore) -> FieldScore:
    """Return the score of a field to which each word adds one."""
    terms = tuple(msgspec.structs.replace(term, weight=1.0) for term in field.terms)
    return msgspec.structs.replace(field, terms=terms, score=sum_in_order(term.weight for term in terms))


def _score(hit: Json) -> float:
    """Return the score that the definition gives to as many words, see ``field_ranking.total_score``."""
    words = float(hit["sort"][0])
    return group_score(words - COMPLETE, complete=True) if words > COMPLETE else group_score(words, complete=False)

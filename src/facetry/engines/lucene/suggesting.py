"""What is offered to someone who is typing, in one call; ``domain.search.suggestions`` defines it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from facetry.domain.analysis import MAX_TERM_LENGTH, words
from facetry.domain.group import ProductGroup
from facetry.domain.search.rules import TEXT_FIELDS
from facetry.domain.search.slots import WORD
from facetry.domain.search.suggestions import Suggestion, Suggestions, SuggestQuery, begins_words
from facetry.domain.search.text.documents import stem_keys
from facetry.engines.lucene.documents import unpacked
from facetry.engines.lucene.queries import Query, all_of, any_of
from facetry.engines.lucene.readings import Ask, Body, Response
from facetry.engines.lucene.terms import Terms
from facetry.engines.lucene.texts import LONGEST_NAME, SHOWN, tenant_mark

MOST_VALUES = 50_000
"""Of more words that go on as typed, or more brands or categories that fit, some are not looked at."""
_BRAND = (TEXT_FIELDS.index("brand"),)
_VALUES = "values"


async def suggested(tenant: str, query: SuggestQuery, ask: Ask) -> Suggestions:
    """Return what is offered to someone who is typing.

    Args:
        tenant: Whose groups are offered.
        query: What was typed.
        ask: Asks the index.
    """
    typed = words(query.text)
    if not typed or query.limit < 1:
        return Suggestions()
    asking = _Asking(tenant, query, typed)
    completed, brands, categories, named = await ask(
        [asking.completions(), asking.brands(), asking.categories(), asking.products()]
    )
    return Suggestions(
        queries=asking.completed(completed),
        categories=asking.fitting(categories),
        brands=asking.fitting(brands),
        products=_groups(named),
    )


class _Asking:
    """Makes the searches for what fits what was typed, and reads their answers."""

    def __init__(self, tenant: str, query: SuggestQuery, typed: Sequence[str]) -> None:
        self._query = query
        self._typed = typed
        self._tenant: Query = {"term": {"tenant": tenant}}
        self._terms = Terms(tenant, active_only=query.active_only)
        self._mark = tenant_mark(tenant)

    def completions(self) -> Body:
        """Return the search that counts the longer words that the last one may become."""
        *before, last = self._typed
        known = [self._terms.any_key((WORD + word, *stem_keys(word, self._query.language))) for word in before]
        # Words of documents are cut.
        found = all_of([self._tenant, *known, self._terms.longer_words(last[:MAX_TERM_LENGTH])])
        return self._counting(found, "words", last)

    def brands(self) -> Body:
        """Return the search that counts brands of groups that have words of a brand that begin as typed."""
        return self._counting(all_of([self._tenant, *(self._in_brand(word) for word in self._typed)]), "brands", "")

    def categories(self) -> Body:
        """Return the search that counts categories of groups that have words of a category that begin as typed."""
        begun = (self._terms.beginning_in("crumbs", word) for word in self._typed)
        return self._counting(all_of([self._tenant, *begun]), "categories", "")

    def products(self) -> Body:
        """Return the search for groups by the beginning of their names."""
        field = "shown_named" if self._query.active_only else "named"
        beginning = " ".join(self._typed)[:LONGEST_NAME]
        return {
            "query": all_of([self._tenant, {"prefix": {field: {"value": self._mark + beginning}}}]),
            "sort": [{field: "asc"}, {"group": "asc"}],
            "size": self._query.limit,
            "_source": ["body"],
            "track_total_hits": False,
        }

    def completed(self, response: Response) -> tuple[Suggestion, ...]:
        """Return what was typed with each of the longer words found."""
        *before, _ = self._typed
        return tuple(
            Suggestion(" ".join((*before, one.text)), one.count)
            for one in self._by_count(_counts(response, self._mark))
        )

    def fitting(self, response: Response) -> tuple[Suggestion, ...]:
        """Return the values found in which every typed word begins a word."""
        counts = _counts(response, self._mark)
        return self._by_count({text: count for text, count in counts.items() if begins_words(text, self._typed)})

    def _counting(self, found: Query, field: str, beginning: str) -> Body:
        counted = {"field": field, "size": MOST_VALUES, "include": self._included(beginning)}
        return {"query": found, "size": 0, "track_total_hits": False, "aggs": {_VALUES: {"terms": counted}}}

    def _included(self, beginning: str) -> str:
        """Return the pattern of the terms of texts that begin so; words have no signs that patterns have."""
        seen = SHOWN if self._query.active_only else "."
        return f"{self._mark}{seen}{beginning[:MAX_TERM_LENGTH]}.+"

    def _in_brand(self, word: str) -> Query:
        beginning = word[:MAX_TERM_LENGTH]
        whole = self._terms.any_key([WORD + beginning], _BRAND)
        return any_of([whole, self._terms.longer_words(beginning, _BRAND)])

    def _by_count(self, counts: Mapping[str, int]) -> tuple[Suggestion, ...]:
        ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
        return tuple(Suggestion(text, count) for text, count in ordered[: self._query.limit])


def _counts(response: Response, mark: str) -> Counter[str]:
    """Return how many groups have each text, seen by all or not."""
    start = len(mark) + len(SHOWN)
    buckets: Sequence[Mapping[str, Any]] = response["aggregations"][_VALUES]["buckets"]
    counts: Counter[str] = Counter()
    for bucket in buckets:
        counts[bucket["key"][start:]] += bucket["doc_count"]
    return counts


def _groups(response: Response) -> tuple[ProductGroup, ...]:
    return tuple(unpacked(hit["_source"]["body"]) for hit in response["hits"]["hits"])

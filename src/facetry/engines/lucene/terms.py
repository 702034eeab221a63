"""Queries for the terms of a tenant's texts, see ``texts``: for keys, beginnings of words, identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import WEIGHTS
from facetry.domain.search.rules import TEXT_FIELDS
from facetry.domain.search.slots import WORD
from facetry.domain.search.text.documents import NAME
from facetry.domain.search.text.identifiers import SHORTEST_PART
from facetry.engines.lucene.queries import NOTHING, Query, any_of, one_of
from facetry.engines.lucene.texts import (
    HIDDEN_FIELDS,
    HIDDEN_TERM,
    LONGEST_END,
    SHOWN,
    SHOWN_FIELDS,
    tenant_mark,
)

EVERY_FIELD = tuple(range(len(TEXT_FIELDS)))
NAME_ONLY = (NAME,)
_LAST = "\U0010ffff"


class Terms:
    """Makes queries for terms of one tenant, of all or of what searches for active products only see."""

    def __init__(self, tenant: str, *, active_only: bool) -> None:
        """Look for terms of this tenant."""
        self.tenant = tenant
        self._mark = tenant_mark(tenant)
        self._signs = (SHOWN_FIELDS,) if active_only else (SHOWN_FIELDS, HIDDEN_FIELDS)
        self._seen = (SHOWN,) if active_only else (SHOWN, HIDDEN_TERM)

    def any_key(self, keys: Iterable[str], fields: Sequence[int] = EVERY_FIELD) -> Query:
        """Return the query of groups that have any of some keys in any of some of ``TEXT_FIELDS``."""
        return one_of("keys", (beginning + key for key in keys for beginning in self._of_fields(fields)))

    def longer_words(self, beginning: str, fields: Sequence[int] = EVERY_FIELD) -> Query:
        """Return the query of groups that have a word that begins with a text and is longer, in any of some fields."""
        if len(fields) == len(EVERY_FIELD):
            return any_of([_longer("words", term) for term in self.of_seen(beginning)])
        return any_of([_longer("keys", field + WORD + beginning) for field in self._of_fields(fields)])

    def identified(self, needle: str) -> Query:
        """Return the query of groups that have an identifier that is a normalised text or contains it."""
        return any_of([self.identifier(needle), self.beginning_of_identifier(needle), self.part_of_identifier(needle)])

    def identifier(self, needle: str) -> Query:
        """Return the query of groups that have an identifier."""
        return one_of("ids", self.of_seen(needle))

    def beginning_of_identifier(self, needle: str) -> Query:
        """Return the query of groups that have an identifier that begins so; none for a text too short for that."""
        if len(needle) < SHORTEST_PART:
            return NOTHING
        return self.beginning_in("ids", needle)

    def part_of_identifier(self, needle: str) -> Query:
        """Return the query of groups that have an identifier with this behind its first letter or digit."""
        if len(needle) < SHORTEST_PART:
            return NOTHING
        if len(needle) > LONGEST_END:
            return any_of([{"wildcard": {"ids": {"value": f"{term}*{needle}*"}}} for term in self.of_seen("")])
        return self.beginning_in("id_ends", needle)

    def beginning_in(self, path: str, beginning: str) -> Query:
        """Return the query of groups that have a text that begins so in a field of terms of what is seen."""
        return any_of([{"prefix": {path: {"value": term}}} for term in self.of_seen(beginning)])

    def of_seen(self, text: str) -> list[str]:
        """Return the terms of a text of which documents say only whether active products have it."""
        return [self._mark + seen + text for seen in self._seen]

    def _of_fields(self, fields: Sequence[int]) -> list[str]:
        return [self._mark + signs[field] for signs in self._signs for field in fields]


def searched_fields(query: SearchQuery) -> tuple[int, ...]:
    """Return the places of those of ``TEXT_FIELDS`` that count for a tenant: not those with a weight of 0."""
    weights = query.rules.weights
    return tuple(place for place, field in enumerate(TEXT_FIELDS) if weights.get(field, WEIGHTS[field]) > 0.0)


def _longer(path: str, beginning: str) -> Query:
    return {"range": {path: {"gt": beginning, "lt": beginning + _LAST}}}

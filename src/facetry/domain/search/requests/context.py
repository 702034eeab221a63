"""What a request needs to know of its tenant and caller."""

from __future__ import annotations

import msgspec

from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.search.fields import MAX_NAME_LENGTH, Field, Schema
from facetry.domain.search.filters import EVERYTHING, Filter
from facetry.domain.search.language.meaning import Known, known_field
from facetry.domain.search.language.syntax import Place
from facetry.domain.search.requests.kept_facets import KeptFacets
from facetry.domain.search.requests.keys import checked
from facetry.domain.search.rules import SearchRules


class SearchContext(msgspec.Struct, frozen=True, kw_only=True):
    """Under what a request is read.

    Attributes:
        schema: The tenant's fields.
        known: Says whether any product has a field with this full name.
        rules: The tenant's rules of ranking.
        language: The tenant's.
        currency: In which prices are compared where the request names none.
        default_currency: The tenant's.
        scope: What the caller may see.
        kept_facets: Those that were read before; None to read them each time.
    """

    schema: Schema
    known: Known
    rules: SearchRules = SearchRules()
    language: str = "en"
    currency: str = DEFAULT_CURRENCY
    default_currency: str = DEFAULT_CURRENCY
    scope: Filter = EVERYTHING
    kept_facets: KeptFacets | None = None

    def field(self, name: object, pointer: str) -> Field:
        """Return a field that a request names.

        Raises:
            SearchError: The name is no text, or there is no such field.
        """
        return known_field(checked(name, pointer, MAX_NAME_LENGTH), self.schema, self.known, Place(pointer))

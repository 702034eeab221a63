"""A group as a reading sees it, for callers who see all of it and for those who see active products only."""

from __future__ import annotations

from collections.abc import Iterable

from facetry.domain.group import ProductGroup, active_part
from facetry.domain.search.fields import Field
from facetry.domain.search.text.documents import GroupText, shown_text
from facetry.domain.search.text.identifiers import group_identifiers, normalised
from facetry.domain.search.text.scoring import TextView


def text_view(group: ProductGroup, text: GroupText, fields: Iterable[Field], *, active_only: bool) -> TextView:
    """Return what a reading sees of a group.

    Args:
        group: With all its products.
        text: Its text.
        fields: Those that hold identifiers.
        active_only: Whether the caller sees active products only.
    """
    seen = active_part(group) if active_only else group
    identifiers = tuple(map(normalised, group_identifiers(seen, fields))) if seen else ()
    return TextView(shown_text(text) if active_only else text, identifiers)

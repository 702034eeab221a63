"""Rules of search with one thing changed: a synonym, or what stands first for a query."""

from __future__ import annotations

import msgspec

from facetry.domain.analysis import words
from facetry.domain.search.rules import Pin, SearchRules, Synonym


def with_synonym(rules: SearchRules, synonym: Synonym, instead_of: Synonym | None = None) -> SearchRules:
    """Return rules with a synonym in the place of another one; where that is not there, or None, at the end."""
    if instead_of not in rules.synonyms:
        return msgspec.structs.replace(rules, synonyms=(*rules.synonyms, synonym))
    changed = (synonym if one == instead_of else one for one in rules.synonyms)
    return msgspec.structs.replace(rules, synonyms=tuple(changed))


def without_synonym(rules: SearchRules, synonym: Synonym) -> SearchRules:
    """Return rules without a synonym; the same where it is not there."""
    return msgspec.structs.replace(rules, synonyms=tuple(one for one in rules.synonyms if one != synonym))


def pin_for(rules: SearchRules, query: str) -> Pin:
    """Return what rules put first and hide for a query, as one pin; an empty one where they say nothing."""
    found = [pin for pin in rules.pins if _is_for(pin, query)]
    hide = dict.fromkeys(group_id for pin in found for group_id in pin.hide)
    first = dict.fromkeys(group_id for pin in found for group_id in pin.first if group_id not in hide)
    return Pin(query, tuple(first), tuple(hide))


def with_pin(rules: SearchRules, pin: Pin) -> SearchRules:
    """Return rules with a pin in the place of all others for its query; an empty pin only removes them."""
    places = [place for place, one in enumerate(rules.pins) if _is_for(one, pin.query)]
    others = [one for one in rules.pins if not _is_for(one, pin.query)]
    if pin.first or pin.hide:
        others.insert(places[0] if places else len(others), pin)
    return msgspec.structs.replace(rules, pins=tuple(others))


def _is_for(pin: Pin, query: str) -> bool:
    return words(pin.query) == words(query)

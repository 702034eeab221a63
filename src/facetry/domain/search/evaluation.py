"""The definition of a search's answer, by looking at every product of every group; engines answer exactly this.

What an engine may do otherwise is the text half, see ``matching``: the readings come in, here they are chosen from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product as combinations

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.domain.search.checking import ReadyFilter
from facetry.domain.search.counting import count_facet, facet_field
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import (
    And,
    Candidate,
    Filter,
    conjuncts,
    fields_of,
)
from facetry.domain.search.matching import Attempt, Explaining, TextMatch, enough_groups, relaxed_to
from facetry.domain.search.ordering import (
    candidate_values,
    compared,
    in_order,
    lowest_or_highest,
    random_key,
    sort_keys,
)
from facetry.domain.search.query import Facet, Position, SearchQuery, SortByField, SortByRelevance, SortKey
from facetry.domain.search.result import SearchHit, SearchResult
from facetry.domain.search.values import product_number, product_texts

Key = tuple[str, ...]
_PRICE = BUILT_IN["price"]


class _Chosen(msgspec.Struct, frozen=True):
    """The reading that is answered, and the groups that have enough of its words."""

    attempt: Attempt
    required: int
    groups: tuple[ProductGroup, ...]


class _Found(msgspec.Struct):
    """What a hit is made of: its matching products with the candidates that they match by, and their groups."""

    groups: dict[str, ProductGroup]
    candidates: dict[str, list[Candidate]]


def evaluate(
    query: SearchQuery, revision: int, groups: Sequence[ProductGroup], attempts: Iterable[Attempt], told: Explaining
) -> SearchResult:
    """Return the answer of a search over all groups of a tenant.

    Args:
        query: What is asked.
        revision: At which the groups were read.
        groups: All of them.
        attempts: The readings of the query's text, in the order in which they are tried; at least one.
        told: Explains hits.
    """
    chosen = _choose(query, groups, attempts)
    found = _collect(query, chosen)
    following = ordered = _in_order(query, chosen, found)
    if query.after is not None:
        after, keys = query.after, sort_keys(query.sort)
        following = [entry for entry in ordered if compared(entry[0], after, keys) > 0]
    page = following[query.offset : query.offset + query.limit]
    return SearchResult(
        revision=revision,
        total=len(found),
        total_products=len({sku for hit in found.values() for sku in hit.candidates}),
        hits=tuple(_hit(query, chosen, position, key, hit, told) for position, (key, hit) in page),
        facets={facet.name: count_facet(facet, _counted(query, chosen, facet)) for facet in query.facets},
        words=chosen.attempt.words,
        required_words=chosen.required,
        reads=chosen.attempt.reads,
        typos=chosen.attempt.typos,
    )


def hits_among(
    query: SearchQuery, attempt: Attempt, groups: Iterable[ProductGroup], told: Explaining
) -> tuple[SearchHit, ...]:
    """Return the hits that some groups are, in their order.

    Args:
        query: What is asked.
        attempt: The reading that is answered, with the matches of these groups.
        groups: Such as have enough words of the reading, or are pinned.
        told: Explains hits.
    """
    chosen = _Chosen(attempt, attempt.words, tuple(groups))
    ordered = _in_order(query, chosen, _collect(query, chosen))
    return tuple(_hit(query, chosen, position, key, hit, told) for position, (key, hit) in ordered)


def passing(query: SearchQuery, group: ProductGroup, condition: Filter) -> Iterator[Candidate]:
    """Yield each product of a group with each stone of which a condition is true."""
    return _passing(query, group, ReadyFilter(condition))


def facet_condition(query: SearchQuery, facet: Facet) -> Filter:
    """Return what the products that a facet counts fulfil: the filter without what is on the facet's own field."""
    own = frozenset({facet_field(facet).name})
    kept = [part for part in conjuncts(query.filter) if facet.own_filter or fields_of(part) != own]
    return And((query.scope, *kept))


def _passing(query: SearchQuery, group: ProductGroup, ready: ReadyFilter) -> Iterator[Candidate]:
    return ready.passing(group, query.currency, query.default_currency)


def _choose(query: SearchQuery, groups: Sequence[ProductGroup], attempts: Iterable[Attempt]) -> _Chosen:
    """Return the first reading of which any group has all words, else the first of which any has one, else the last."""
    partial: _Chosen | None = None
    for attempt in attempts:
        counts = _passing_counts(query, groups, attempt)
        required = relaxed_to(counts, attempt.words, enough_groups(attempt.words, query.rules.relax_below))
        chosen = _Chosen(attempt, required, _having(groups, attempt.matches, required))
        if counts[attempt.words]:
            return chosen
        partial = partial or (chosen if counts else None)
    return partial or chosen


def _passing_counts(query: SearchQuery, groups: Sequence[ProductGroup], attempt: Attempt) -> Counter[int]:
    """Return how many groups that pass the filters have so many words of a reading; pinned ones do not count."""
    ready = ReadyFilter(And((query.scope, query.filter, attempt.condition)))
    matched = ((group, attempt.matches.get(group.group_id)) for group in groups)
    return Counter(
        match.matched_words
        for group, match in matched
        if match and not match.is_pinned and any(_passing(query, group, ready))
    )


def _having(
    groups: Sequence[ProductGroup], matches: Mapping[str, TextMatch], required: int
) -> tuple[ProductGroup, ...]:
    found = ((group, matches.get(group.group_id)) for group in groups)
    return tuple(group for group, match in found if match and (match.is_pinned or match.matched_words >= required))


def _collect(query: SearchQuery, chosen: _Chosen) -> dict[Key, _Found]:
    """Return all hits by their keys."""
    condition = And((query.scope, query.filter))
    found: dict[Key, _Found] = {}
    for key, candidate, group in _keyed(query, chosen, condition):
        hit = found.setdefault(key, _Found({}, {}))
        hit.groups[group.group_id] = group
        hit.candidates.setdefault(candidate.product.sku, []).append(candidate)
    return found


def _in_order(
    query: SearchQuery, chosen: _Chosen, found: Mapping[Key, _Found]
) -> list[tuple[Position, tuple[Key, _Found]]]:
    positions = ((_position(query, chosen, key, hit), (key, hit)) for key, hit in found.items())
    return in_order(positions, sort_keys(query.sort))


def _counted(query: SearchQuery, chosen: _Chosen, facet: Facet) -> Iterator[tuple[Key, Candidate]]:
    for key, candidate, _ in _keyed(query, chosen, facet_condition(query, facet)):
        yield key, candidate


def _keyed(query: SearchQuery, chosen: _Chosen, condition: Filter) -> Iterator[tuple[Key, Candidate, ProductGroup]]:
    """Yield what fulfils a condition and what was understood, with the key of each hit that it stands in."""
    ready = ReadyFilter(And((condition, chosen.attempt.condition)))
    for group in chosen.groups:
        for candidate in _passing(query, group, ready):
            for key in _hit_keys(query, candidate):
                yield key, candidate, group


def _hit_keys(query: SearchQuery, candidate: Candidate) -> Iterator[Key]:
    if not query.group_by:
        return iter([(candidate.group_id,)])
    return combinations(*(product_texts(field, candidate.product) for field in query.group_by))


def _position(query: SearchQuery, chosen: _Chosen, key: Key, hit: _Found) -> Position:
    return Position(tuple(_sort_value(sort, chosen, key, hit) for sort in sort_keys(query.sort)), key)


def _sort_value(sort: SortKey, chosen: _Chosen, key: Key, hit: _Found) -> float | int | str | None:
    match sort:
        case SortByRelevance():
            return _score(chosen, hit)
        case SortByField(field, descending):
            values = (v for found in hit.candidates.values() for c in found for v in candidate_values(field, c))
            return lowest_or_highest(values, descending=descending)
        case _:
            return random_key(sort.seed, key)


def _score(chosen: _Chosen, hit: _Found) -> float:
    return max(chosen.attempt.matches[group_id].score for group_id in hit.groups)


def _hit(query: SearchQuery, chosen: _Chosen, position: Position, key: Key, hit: _Found, told: Explaining) -> SearchHit:
    matches = chosen.attempt.matches
    best = min(hit.groups, key=lambda group_id: (-matches[group_id].score, group_id))
    products = _matching_products(query, chosen, hit, told)
    return SearchHit(
        key=key,
        group=_shown(query, hit.groups[best]),
        score=_score(chosen, hit),
        matched_words=max(matches[group_id].matched_words for group_id in hit.groups),
        matched=tuple(products[: query.matched_products]),
        matched_count=len(products),
        cheapest=_cheapest(query, products),
        position=position,
        explanation=told.explanation(chosen.attempt, best) if query.explain else (),
        highlights=told.highlights(chosen.attempt, best) if query.highlight else {},
    )


def _shown(query: SearchQuery, group: ProductGroup) -> ProductGroup:
    is_mixed = len({product.active for product in group.products}) > 1
    return group if query.active_only and is_mixed else msgspec.structs.replace(group, products=())


def _matching_products(query: SearchQuery, chosen: _Chosen, hit: _Found, told: Explaining) -> list[Product]:
    """Return a hit's products in their order.

    By the first key of the sort if that is a field, then those first that more words of the text fit, then by group,
    then as they joined.
    """
    if len(hit.candidates) == 1:
        return [found[0].product for found in hit.candidates.values()]
    keys = sort_keys(query.sort)[:1] if isinstance(sort_keys(query.sort)[0], SortByField) else ()
    ranks = {group_id: rank for rank, group_id in enumerate(_groups_in_order(chosen, hit))}
    positions = []
    for found in hit.candidates.values():
        product = found[0].product
        alone = _Found(hit.groups, {product.sku: found})
        values = tuple(_sort_value(sort, chosen, (), alone) for sort in keys)
        place = (-told.fit(chosen.attempt, product), ranks[found[0].group_id], product.joined)
        positions.append((place, Position(values, ()), product))
    positions.sort(key=lambda entry: entry[0])
    if not keys:
        return [product for _, _, product in positions]
    return [product for _, product in in_order([(entry[1], entry[2]) for entry in positions], keys)]


def _groups_in_order(chosen: _Chosen, hit: _Found) -> list[str]:
    return sorted(hit.groups, key=lambda group_id: (-chosen.attempt.matches[group_id].score, group_id))


def _cheapest(query: SearchQuery, products: Sequence[Product]) -> Product | None:
    """Return the product with the lowest price, the one that joined first where several have it."""
    priced = [
        (price, product.joined, place)
        for place, product in enumerate(products)
        if (price := _price(query, product)) is not None
    ]
    return products[min(priced)[2]] if priced else None


def _price(query: SearchQuery, product: Product) -> int | None:
    return product_number(_PRICE, product, query.currency, query.default_currency)

"""The hits of a page: their groups with what these score, in whatever order the definition then puts them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.domain.errors import SearchError
from facetry.domain.group import ProductGroup
from facetry.domain.search.ordering import compared, in_order
from facetry.domain.search.query import Position
from facetry.engines.lucene.pages import PagePlan, found_groups, found_scores, groups_body, is_all, keys_body
from facetry.engines.lucene.queries import Query
from facetry.engines.lucene.readings import Ask, Response

MOST_SHUFFLED = 200_000
"""More hits are not put in an order that only all their keys decide."""


class ScoredGroups(msgspec.Struct, frozen=True):
    """The groups of a page.

    Attributes:
        groups: As they are now.
        scores: What each scores, by its id.
        hits: How many hits they were when their order was asked for.
    """

    groups: Sequence[ProductGroup]
    scores: dict[str, float]
    hits: int


async def page_groups(plan: PagePlan, scored: Query, answer: Response, ask: Ask) -> ScoredGroups:
    """Return the groups of a page from the answer to its search.

    Raises:
        SearchError: The order is one of more hits than can be put into it.
    """
    query = plan.query
    if not query.limit:
        return ScoredGroups((), {}, 0)
    if not plan.order.is_random:
        groups = found_groups(answer)[query.offset if query.after else 0 :]
        return ScoredGroups(groups, found_scores(answer), len(groups))
    scores, positions = await _all_keys(plan, scored, answer, ask)
    ordered = [position for position, _ in in_order([(one, None) for one in positions], plan.order.keys)]
    if query.after is not None:
        after = query.after
        ordered = [one for one in ordered if compared(one, after, plan.order.keys) > 0]
    ids = [position.key[0] for position in ordered[query.offset : query.offset + query.limit]]
    if not ids:
        return ScoredGroups((), scores, 0)
    (found,) = await ask([groups_body(plan, ids)])
    return ScoredGroups(found_groups(found), scores, len(ids))


async def _all_keys(
    plan: PagePlan, scored: Query, answer: Response, ask: Ask
) -> tuple[dict[str, float], Sequence[Position]]:
    if answer["hits"]["total"]["value"] > MOST_SHUFFLED:
        raise SearchError("/sort", f"at random is for at most {MOST_SHUFFLED} hits")
    scores: dict[str, float] = {}
    positions: list[Position] = []
    while True:
        hits = answer["hits"]["hits"]
        scores |= found_scores(answer)
        positions += [plan.order.position(hit["sort"]) for hit in hits]
        if is_all(hits):
            return scores, positions
        (answer,) = await ask([keys_body(plan, scored, hits[-1]["sort"])])

"""What the pages of the search studio have in common: the way between them, and hits as they are shown."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from facetry.application.marked_texts import Run, runs
from facetry.application.search_trial import Comparison, Move, Moved, Score, Trial, TrialHit
from facetry.dashboard.call import PageCall
from facetry.dashboard.tabs import Tab, tabs_at, url_in
from facetry.domain.product import Product
from facetry.domain.search.query import MAX_TEXT_LENGTH
from facetry.domain.search.result import WordScore

HERE = "/dashboard/search"
COMPARED = 10
"""So many hits of each side are shown, of more that are compared."""


class ShownHit(msgspec.Struct, frozen=True, kw_only=True):
    """A hit as it is shown.

    Attributes:
        url: Of its group's page.
        name: With the words marked that were found.
        snippet: Where the name has no marks, a part of another text with some; empty for none.
        price: The lowest one, as the visitor's language writes it; empty for none.
        words: What each word adds to its score.
        move: What a draft does to it.
        by: By how many places.
    """

    place: int
    group_id: str
    url: str
    name: tuple[Run, ...]
    snippet: tuple[Run, ...]
    picture: str
    price: str
    is_active: bool
    score: Score
    words: tuple[WordScore, ...]
    move: Move = Move.SAME
    by: int = 0


class ShownComparison(msgspec.Struct, frozen=True, kw_only=True):
    """The same search before and after a change, as it is shown.

    Attributes:
        total_before: How many groups it finds with the rules as they are.
        changes: How many of the hits that are compared change.
        error: What is wrong with the draft, or with the text; then there is nothing to compare.
    """

    text: str = ""
    before: tuple[ShownHit, ...] = ()
    after: tuple[ShownHit, ...] = ()
    total_before: int = 0
    total_after: int = 0
    changes: int = 0
    error: str = ""


NO_COMPARISON = ShownComparison()


def tabs(call: PageCall) -> list[Tab]:
    """Return the pages of the studio."""
    message = call.texts.gettext
    places = (
        (message("Try a search"), HERE),
        (message("What is searched"), f"{HERE}/queries"),
        (message("Synonyms"), f"{HERE}/synonyms"),
        (message("Pinned and hidden"), f"{HERE}/pins"),
        (message("Ranking"), f"{HERE}/ranking"),
        (message("History"), f"{HERE}/versions"),
    )
    return tabs_at(call.path, places)


def url_of(page: str = "", /, **values: str) -> str:
    """Return the URL of a page of the studio; values that are empty are left out."""
    return url_in(HERE, page, values)


def typed(text: str) -> str:
    """Return the text of a search as far as one may be long."""
    return text.strip()[:MAX_TEXT_LENGTH]


def shown_hits(call: PageCall, trial: Trial) -> tuple[ShownHit, ...]:
    """Return the hits of a trial."""
    return tuple(_shown(call, hit) for hit in trial.hits)


def shown_comparison(call: PageCall, found: Comparison) -> ShownComparison:
    """Return a comparison; hits beyond ``COMPARED`` are left out, but for those that are gone."""
    return ShownComparison(
        text=found.was.text,
        before=_moved(call, found.before),
        after=_moved(call, found.after),
        total_before=found.was.result.total,
        total_after=found.would_be.result.total,
        changes=found.changes,
    )


def _moved(call: PageCall, hits: tuple[Moved, ...]) -> tuple[ShownHit, ...]:
    shown = (one for one in hits if one.found.place <= COMPARED or one.move is Move.GONE)
    return tuple(msgspec.structs.replace(_shown(call, one.found), move=one.move, by=one.by) for one in shown)


def _shown(call: PageCall, found: TrialHit) -> ShownHit:
    hit, group = found.hit, found.hit.group
    marked = hit.highlights
    named = marked.get("name", "")
    return ShownHit(
        place=found.place,
        group_id=group.group_id,
        url=f"/dashboard/groups/{quote(group.group_id, safe='', errors='replace')}",
        name=runs(named) if named else (Run(group.name or group.group_id),),
        snippet=() if named else runs(next(iter(marked.values()), "")),
        picture=group.images[0] if group.images else "",
        price=_price(call, hit.cheapest),
        is_active=group.active,
        score=found.score,
        words=hit.explanation,
    )


def _price(call: PageCall, product: Product | None) -> str:
    if product is None:
        return ""
    minor = product.regular_price if product.promotion_price is None else product.promotion_price
    return call.formats.price(minor, product.currency or call.settings.currency) if minor is not None else ""

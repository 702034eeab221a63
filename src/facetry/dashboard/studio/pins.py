"""The pages of pins: which queries have some, and what stands first or is hidden for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

import msgspec

from facetry.application.catalog import Catalog
from facetry.dashboard.call import PageCall
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.studio.drafts import Attempt, Draft, Drafts
from facetry.dashboard.studio.frame import ShownComparison, tabs, typed, url_of
from facetry.dashboard.tabs import Tab
from facetry.dashboard.values import Values
from facetry.domain.analysis import words
from facetry.domain.errors import GroupNotFoundError
from facetry.domain.search.rule_edits import pin_for, with_pin
from facetry.domain.search.rules import MAX_PINNED, Pin, SearchRules
from facetry.http.answer import Answer

ON_A_PAGE = 50
NAMED = 50
"""Of so many groups of each list the names are looked up."""


class ListedPin(msgspec.Struct, frozen=True):
    """A query that has pins: how many groups stand first, and how many are hidden."""

    query: str
    first: int
    hide: int
    url: str


class PinsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The list of queries that have pins."""

    tabs: list[Tab]
    listed: list[ListedPin]
    total: int
    found: int
    find: str
    previous: str
    next: str


class NamedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group that is pinned or hidden.

    Attributes:
        name: None where there is no such group, or nobody has looked it up.
        is_missing: Whether there is none.
    """

    group_id: str
    url: str
    name: str | None = None
    is_missing: bool = False


class PinPage(msgspec.Struct, frozen=True, kw_only=True):
    """What stands first, and is hidden, for one query."""

    tabs: list[Tab]
    query: str
    first: list[NamedGroup]
    hide: list[NamedGroup]
    is_changed: bool
    attempt: Attempt
    comparison: ShownComparison
    error: str = ""


class Pins:
    """Shows and changes what stands first or is hidden."""

    def __init__(self, drafts: Drafts, catalog: Catalog) -> None:
        """Compare and save drafts; the catalog knows the names of groups."""
        self._drafts = drafts
        self._catalog = catalog

    async def show(self, call: PageCall) -> Answer:
        """Show the queries that have pins, or the draft of one of them, which is all in the URL."""
        query = typed(call.query.text("q"))
        if not words(query):
            return render(call, "search_studio/pins.html", _list_page(call))
        pin = _changed(_pin_of(call.query, call.settings.rules, query), call.query)
        page = await self._page(call, pin, Attempt(version=call.tenant_record.version))
        return render(call, f"search_studio/{'_pin' if call.is_partial else 'pin'}.html", page)

    async def change(self, call: PageCall) -> Answer:
        """Save a draft."""
        values = await call.form()
        pin = Pin(typed(values.text("q")), values.texts("first"), values.texts("hide"))
        attempt = await self._drafts.save(call, values.number("version"), _draft(pin))
        if attempt.is_saved:
            notice = call.texts.gettext("Saved: it counts from the next search on.")
            return redirect(call, url_of("pins", q=pin.query), notice)
        page = await self._page(call, pin, attempt)
        return render(call, "search_studio/pin.html", page, status=attempt.status)

    async def _page(self, call: PageCall, pin: Pin, attempt: Attempt) -> PinPage:
        return PinPage(
            tabs=tabs(call),
            query=pin.query,
            first=await self._named(call, pin.first),
            hide=await self._named(call, pin.hide),
            is_changed=with_pin(call.settings.rules, pin)
            != with_pin(call.settings.rules, pin_for(call.settings.rules, pin.query)),
            attempt=attempt,
            comparison=await self._drafts.compared(call, pin.query, _draft(pin)),
            error="; ".join(map(call.texts.told, attempt.errors.values())),
        )

    async def _named(self, call: PageCall, group_ids: Sequence[str]) -> list[NamedGroup]:
        named = [await self._group(call.tenant, group_id) for group_id in group_ids[:NAMED]]
        return [*named, *(_unnamed(group_id) for group_id in group_ids[NAMED:])]

    async def _group(self, tenant: str, group_id: str) -> NamedGroup:
        try:
            group = await self._catalog.group(tenant, group_id)
        except GroupNotFoundError:
            return msgspec.structs.replace(_unnamed(group_id), is_missing=True)
        return msgspec.structs.replace(_unnamed(group_id), name=group.name)


def _unnamed(group_id: str) -> NamedGroup:
    return NamedGroup(group_id=group_id, url=f"/dashboard/groups/{quote(group_id, safe='', errors='replace')}")


def _list_page(call: PageCall) -> PinsPage:
    pins, find = call.settings.rules.pins, call.query.text("find")
    wanted = words(find)
    found = [pin for pin in pins if all(word in " ".join(words(pin.query)) for word in wanted)]
    number = max(1, call.query.number("page", 1))
    first = (number - 1) * ON_A_PAGE
    return PinsPage(
        tabs=tabs(call),
        listed=[
            ListedPin(pin.query, len(pin.first), len(pin.hide), url_of("pins", q=pin.query))
            for pin in found[first : first + ON_A_PAGE]
        ],
        total=len(pins),
        found=len(found),
        find=find,
        previous=url_of("pins", find=find, page=str(number - 1)) if first else "",
        next=url_of("pins", find=find, page=str(number + 1)) if first + ON_A_PAGE < len(found) else "",
    )


def _draft(pin: Pin) -> Draft:
    def draft(rules: SearchRules) -> SearchRules:
        return with_pin(rules, pin)

    return draft


def _pin_of(values: Values, rules: SearchRules, query: str) -> Pin:
    """Return the draft that is in a URL, or else what the rules say."""
    if not values.flag("draft"):
        return pin_for(rules, query)
    return Pin(query, _distinct(values.texts("first")), _distinct(values.texts("hide")))


def _changed(pin: Pin, values: Values) -> Pin:
    """Return a pin after what a button says: ``first``, ``hide``, ``drop``, ``up`` or ``down``, and the group's id."""
    for done in (values.raw("do"), f"first:{values.text('add')}"):
        action, _, group_id = done.partition(":")
        if group_id:
            pin = _done(pin, action, group_id)
    return pin


def _done(pin: Pin, action: str, group_id: str) -> Pin:
    if action in {"up", "down"}:
        return msgspec.structs.replace(pin, first=_moved(pin.first, group_id, -1 if action == "up" else 1))
    if action not in {"first", "hide", "drop"}:
        return pin
    first = tuple(one for one in pin.first if one != group_id)
    hide = tuple(one for one in pin.hide if one != group_id)
    if action == "first":
        return msgspec.structs.replace(pin, first=(*first, group_id), hide=hide)
    return msgspec.structs.replace(pin, first=first, hide=(*hide, group_id) if action == "hide" else hide)


def _moved(group_ids: tuple[str, ...], group_id: str, by: int) -> tuple[str, ...]:
    if group_id not in group_ids:
        return group_ids
    place = group_ids.index(group_id)
    others = [*group_ids[:place], *group_ids[place + 1 :]]
    others.insert(max(0, place + by), group_id)
    return tuple(others)


def _distinct(group_ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in group_ids if one))[: MAX_PINNED + 1]

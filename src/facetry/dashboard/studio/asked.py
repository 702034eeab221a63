"""The page that shows what is searched, and what finds nothing."""

from __future__ import annotations

import msgspec

from facetry.application.asked_queries import AskedQueries, AskedQuery, Days
from facetry.dashboard.call import PageCall
from facetry.dashboard.rendering import render
from facetry.dashboard.studio.frame import tabs, url_of
from facetry.dashboard.tabs import Tab
from facetry.http.answer import Answer

MOST = 50


class AskedPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows; of periods each is a label, a URL, and whether it is the one shown."""

    tabs: list[Tab]
    periods: list[tuple[str, str, bool]]
    most: list[AskedQuery]
    empty: list[AskedQuery]


class Asked:
    """Shows what is searched."""

    def __init__(self, asked: AskedQueries) -> None:
        """Know what is searched."""
        self._asked = asked

    async def show(self, call: PageCall) -> Answer:
        """Show what is searched most, and what finds nothing most often."""
        days = _days(call)
        page = AskedPage(
            tabs=tabs(call),
            periods=_periods(call, days),
            most=await self._asked.most(call.tenant, days, MOST),
            empty=await self._asked.without_hits(call.tenant, days, MOST),
        )
        return render(call, "search_studio/queries.html", page)


def _days(call: PageCall) -> Days:
    wanted = call.query.number("days", Days.MONTH.value)
    return next((days for days in Days if days.value == wanted), Days.MONTH)


def _periods(call: PageCall, chosen: Days) -> list[tuple[str, str, bool]]:
    one = call.texts.gettext("24 hours")
    many = call.texts.gettext("{days} days")
    return [
        (
            one if days is Days.DAY else many.format(days=days.value),
            url_of("queries", days=str(days.value)),
            days is chosen,
        )
        for days in Days
    ]

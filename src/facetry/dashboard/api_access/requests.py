"""The page of requests: how many there were, which ones, and one that is looked up by its id."""

from __future__ import annotations

import re

import msgspec

from facetry.application.access_keys import AccessKeys
from facetry.application.request_overview import (
    Period,
    RequestOverview,
    RequestPage,
    RequestWish,
    Traffic,
    is_failure,
)
from facetry.dashboard.api_access.frame import step_labels, tabs, url_of
from facetry.dashboard.call import PageCall
from facetry.dashboard.charts import Chart, Kind, Series, draw
from facetry.dashboard.rendering import render
from facetry.dashboard.tabs import Tab
from facetry.domain.journal import RequestLine
from facetry.http.answer import Answer

ON_A_PAGE = 50
SURFACES = ("catalog", "client", "native")
_PLACE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,17})?)_([0-9]{1,18})", re.ASCII)
_HIGHEST_STATUS = 599
_NARROWED_BY = ("key", "surface", "code", "status", "failed")


class ShownRequest(msgspec.Struct, frozen=True):
    """A call, by what key it came, and whether it failed; ``url`` shows it alone."""

    line: RequestLine
    key: str
    is_failure: bool
    url: str


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What narrows the list, as it stands in the form."""

    key: str
    surface: str
    status: str
    code: str
    failed: bool


class RequestsPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows.

    Attributes:
        id: The id that is looked up; empty for none.
        one: The call with that id; None where there is none.
        first: The first page of the list; empty there.
        next: The page behind; empty on the last.
    """

    tabs: list[Tab]
    periods: list[tuple[str, str, bool]]
    traffic: Traffic
    chart: Chart
    filters: Filters
    keys: list[tuple[str, str]]
    surfaces: list[tuple[str, str]]
    surface_names: dict[str, str]
    requests: list[ShownRequest]
    first: str
    next: str
    id: str
    one: ShownRequest | None


class Requests:
    """Shows the calls that programs made."""

    def __init__(self, overview: RequestOverview, access_keys: AccessKeys) -> None:
        """Know the calls, and the names of keys."""
        self._overview = overview
        self._access_keys = access_keys

    async def show(self, call: PageCall) -> Answer:
        """Show how many calls there were, and the last ones, or those that are asked for."""
        period = _period(call)
        names = {one.key.id: one.key.name for one in await self._access_keys.list(call.tenant)} | _built_in(call)
        surfaces = _surfaces(call)
        traffic = await self._overview.traffic(call.tenant, period)
        found = await self._overview.recent(call.tenant, _wish(call))
        wanted = call.query.text("id")
        one = await self._overview.find(call.tenant, _id_of(wanted)) if wanted else None
        page = RequestsPage(
            tabs=tabs(call),
            periods=_periods(call, period),
            traffic=traffic,
            chart=_chart(call, period, traffic),
            filters=_filters(call),
            keys=list(names.items()),
            surfaces=list(surfaces.items()),
            surface_names=surfaces,
            requests=[_shown(line, names) for line in found.lines],
            first=_list_url(call) if call.query.text("after") else "",
            next=_next_url(call, found),
            id=wanted[:100],
            one=_shown(one, names) if one else None,
        )
        return render(call, f"api_keys/{'_requests' if call.is_partial else 'requests'}.html", page)


def _id_of(text: str) -> str:
    """Return an id of a call as answers tell it, from whatever it was pasted with."""
    return text.rpartition(":")[2].strip().strip("\"',;")[:100]


def _built_in(call: PageCall) -> dict[str, str]:
    """Return what the keys are called that every tenant has, by the names that journals use."""
    message = call.texts.gettext
    return {"api_key": message("API key"), "search_key": message("Search key"), "token": message("Token")}


def _shown(line: RequestLine, names: dict[str, str]) -> ShownRequest:
    return ShownRequest(line, names.get(line.key, line.key), is_failure(line), url_of("requests", id=line.id))


def _wish(call: PageCall) -> RequestWish:
    query = call.query
    status = query.text("status")
    match = _PLACE.fullmatch(query.text("after"))
    return RequestWish(
        key=query.text("key"),
        surface=query.text("surface"),
        code=query.text("code"),
        status=query.number("status") if status and query.number("status", 1000) <= _HIGHEST_STATUS else None,
        failed_only=query.flag("failed"),
        after=(float(match[1]), int(match[2])) if match else None,
        limit=ON_A_PAGE,
    )


def _filters(call: PageCall) -> Filters:
    query = call.query
    return Filters(
        key=query.text("key"),
        surface=query.text("surface"),
        status=query.text("status"),
        code=query.text("code"),
        failed=query.flag("failed"),
    )


def _list_url(call: PageCall, **values: str) -> str:
    kept = {name: call.query.text(name) for name in (*_NARROWED_BY, "period")}
    return url_of("requests", **(kept | values))


def _next_url(call: PageCall, found: RequestPage) -> str:
    return _list_url(call, after=f"{found.next[0]!r}_{found.next[1]}") if found.next else ""


def _period(call: PageCall) -> Period:
    wanted = call.query.text("period")
    return next((period for period in Period if period.name.lower() == wanted), Period.DAY)


def _periods(call: PageCall, chosen: Period) -> list[tuple[str, str, bool]]:
    message = call.texts.gettext
    labels = {
        Period.HOUR: message("An hour"),
        Period.DAY: message("A day"),
        Period.WEEK: message("A week"),
        Period.MONTH: message("A month"),
    }
    return [(labels[one], _list_url(call, period=one.name.lower()), one is chosen) for one in Period]


def _surfaces(call: PageCall) -> dict[str, str]:
    message = call.texts.gettext
    return dict(zip(SURFACES, (message("Catalog API"), message("Client API"), message("Native API")), strict=True))


def _chart(call: PageCall, period: Period, traffic: Traffic) -> Chart:
    message = call.texts.gettext
    return draw(
        Kind.BARS,
        message("Requests over time"),
        step_labels(call, period, [step.time for step in traffic.steps]),
        [
            Series(message("Answered"), [step.calls - step.failures for step in traffic.steps]),
            Series(message("Failed or refused"), [step.failures for step in traffic.steps], 3),
        ],
    )

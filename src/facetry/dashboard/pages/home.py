"""The first page after signing in: how things stand, and what happened."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from enum import Enum
from urllib.parse import urlencode

import msgspec

from facetry.application.asked_queries import AskedQueries, AskedQuery, Days
from facetry.application.overview import LOW_STOCK, Overview, RecentChange, SearchStep, Size, StockAlerts
from facetry.application.request_overview import Period, RequestOverview, Step, Traffic
from facetry.dashboard.addresses import product_url
from facetry.dashboard.call import PageCall
from facetry.dashboard.catalog.state import CatalogState
from facetry.dashboard.charts import Chart, Kind, Series, draw
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.product_views.changes import Change, Changes
from facetry.dashboard.product_views.value_texts import ValueTexts
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.errors import IndexBehindError, IndexFailedError, QuotaExceededError, SearchTimeoutError
from facetry.domain.import_job import ImportJob
from facetry.domain.product import Product
from facetry.domain.user import Role
from facetry.http.answer import Answer

HERE = "/dashboard"
_OPERATOR = "/dashboard/operator"
_STUDIO = "/dashboard/search"
_ALERT_SECONDS = 1.0
"""So long the page waits for stock alerts, then it is shown without them."""
_EXAMPLES, _QUERIES, _CHANGES, _IMPORTS = 5, 6, 8, 4
_GOOD, _BAD = 1, 3
"""Colours of what went well and what did not."""


class Look(Enum):
    """How far back the page looks."""

    DAY = (Period.DAY, Days.DAY)
    WEEK = (Period.WEEK, Days.WEEK)
    MONTH = (Period.MONTH, Days.MONTH)

    @property
    def period(self) -> Period:
        """Of requests."""
        return self.value[0]

    @property
    def days(self) -> Days:
        """Of searches."""
        return self.value[1]


class ShownChange(msgspec.Struct, frozen=True):
    """A change as it is shown: with the product's name, and whether there is still one to look at."""

    change: Change
    name: str
    is_there: bool


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows.

    Attributes:
        looks: Each a label, a URL, and whether it is the one shown.
        alerts: None where the search could not tell in time.
        urls: Of the products of alerts by SKU.
        sold_out_url: Where products without a piece are found.
        low_url: Where those with few are found.
        searches: How many there were.
        is_by_hour: Whether their chart shows hours, and not days.
        asked: What is searched most, with how often.
        empty: What finds nothing most often, with how often.
        studio: Where each text of the two is tried out.
    """

    looks: Sequence[tuple[str, str, bool]]
    size: Size
    alerts: StockAlerts | None
    urls: dict[str, str]
    sold_out_url: str
    low_url: str
    traffic: Traffic
    requests_chart: Chart
    searches: int
    is_by_hour: bool
    searches_chart: Chart
    asked: Sequence[tuple[str, int]]
    empty: Sequence[tuple[str, int]]
    studio: dict[str, str]
    changes: Sequence[ShownChange]
    imports: Sequence[ImportJob]


class Home:
    """Shows the page."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Know what there is to tell."""
        journal, clock = dependencies.journal, dependencies.clock
        self._overview = Overview(dependencies.store, dependencies.search, journal, clock)
        self._requests = RequestOverview(journal, clock)
        self._asked = AskedQueries(journal, clock)
        self._imports = dependencies.imports

    async def show(self, call: PageCall) -> Answer:
        """Show how things stand; the operator, who has no catalog, is led to the pages of the server."""
        if call.may(Role.OPERATOR):
            return redirect(call, _OPERATOR)
        tenant, look = call.tenant, _look(call)
        # Not a task group: the shell knows errors of the domain, not groups of them.
        (size, alerts, steps, searches), (asked, empty, changes, imports) = await asyncio.gather(
            asyncio.gather(
                self._overview.size(tenant),
                self._alerts(tenant),
                self._requests.steps(tenant, look.period),
                self._overview.searches(tenant, look.days),
            ),
            asyncio.gather(
                self._asked.most(tenant, look.days, _QUERIES),
                self._asked.without_hits(tenant, look.days, _QUERIES),
                self._overview.changes(tenant, _CHANGES),
                self._imports.before(tenant, None, _IMPORTS),
            ),
        )
        page = HomePage(
            looks=_looks(call, look),
            size=size,
            alerts=alerts,
            urls=_urls(alerts),
            sold_out_url=_with_quantity(range(1)),
            low_url=_with_quantity(range(1, LOW_STOCK + 1)),
            traffic=Traffic(steps, ()),
            requests_chart=_requests_chart(call, look, steps),
            searches=sum(step.searches for step in searches),
            is_by_hour=look.days is Days.DAY,
            searches_chart=_searches_chart(call, look.days, searches),
            asked=[(one.text, one.searches) for one in asked],
            empty=[(one.text, one.empty) for one in empty],
            studio=_studio_urls([*asked, *empty]),
            changes=_changes(call, changes),
            imports=imports,
        )
        return render(call, "home/index.html", page)

    async def _alerts(self, tenant: str) -> StockAlerts | None:
        try:
            return await self._overview.stock(tenant, _EXAMPLES, time.monotonic() + _ALERT_SECONDS)
        except (SearchTimeoutError, IndexBehindError, IndexFailedError, QuotaExceededError):
            return None


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    return [Page("GET", HERE, Home(dependencies).show, Role.VIEWER, is_for_all=True)]


def _look(call: PageCall) -> Look:
    wanted = call.query.text("look").upper()
    return Look[wanted] if wanted in Look.__members__ else Look.WEEK


def _looks(call: PageCall, chosen: Look) -> Sequence[tuple[str, str, bool]]:
    gettext = call.texts.gettext
    labels = {Look.DAY: gettext("24 hours"), Look.WEEK: gettext("7 days"), Look.MONTH: gettext("30 days")}
    return [(label, f"{HERE}?look={look.name.lower()}", look is chosen) for look, label in labels.items()]


def _requests_chart(call: PageCall, look: Look, steps: Sequence[Step]) -> Chart:
    gettext, formats = call.texts.gettext, call.formats
    return draw(
        Kind.BARS,
        gettext("Requests"),
        [formats.step(step.time, look.period.step_seconds) for step in steps],
        [
            Series(gettext("Answered"), [step.calls - step.failures for step in steps], _GOOD),
            Series(gettext("Failed or refused"), [step.failures for step in steps], _BAD),
        ],
        [formats.weekday(step.time) for step in steps] if look is Look.WEEK else (),
    )


def _searches_chart(call: PageCall, days: Days, steps: Sequence[SearchStep]) -> Chart:
    gettext, formats = call.texts.gettext, call.formats
    return draw(
        Kind.BARS,
        gettext("Searches by hour") if days is Days.DAY else gettext("Searches by day"),
        [formats.step(step.time, days.step_seconds) for step in steps],
        [
            Series(gettext("With hits"), [step.searches - step.empty for step in steps], _GOOD),
            Series(gettext("Without hits"), [step.empty for step in steps], 2),
        ],
    )


def _urls(alerts: StockAlerts | None) -> dict[str, str]:
    products: Sequence[Product] = alerts.examples if alerts else ()
    return {product.sku: product_url(product.sku) for product in products}


def _with_quantity(quantities: Sequence[int]) -> str:
    """Return where active products are found of which there are so many pieces."""
    return CatalogState(filters=(("active", ("true",)), ("quantity", tuple(map(str, quantities))))).url


def _studio_urls(queries: Sequence[AskedQuery]) -> dict[str, str]:
    return {one.text: f"{_STUDIO}?{urlencode({'q': one.text})}" for one in queries}


def _changes(call: PageCall, found: Sequence[RecentChange]) -> Sequence[ShownChange]:
    told = Changes(call.texts, ValueTexts(call.texts, call.formats), call.settings.currency)
    return [ShownChange(told.change(one.line), one.name, one.is_there) for one in found]

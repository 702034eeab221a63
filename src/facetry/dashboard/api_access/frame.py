"""What the pages about the APIs have in common: the way between them, and times on charts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import quote

from babel.dates import format_datetime

from facetry.application.request_overview import Period
from facetry.dashboard.call import PageCall
from facetry.dashboard.destinations import confirm_url
from facetry.dashboard.rendering import redirect
from facetry.dashboard.tabs import Tab, tabs_at, url_in
from facetry.http.answer import Answer

HERE = "/dashboard/account/api"
HIDDEN = "•" * 16
"""What stands in the place of a key that is not shown."""
_PATTERNS = {Period.HOUR: "HH:mm", Period.DAY: "HH:mm", Period.WEEK: "EEE HH:mm", Period.MONTH: "d MMM"}


def tabs(call: PageCall) -> list[Tab]:
    """Return the pages about the APIs."""
    message = call.texts.gettext
    places = (
        (message("Keys"), HERE),
        (message("Requests"), f"{HERE}/requests"),
        (message("Examples"), f"{HERE}/examples"),
    )
    return tabs_at(call.path, places)


def url_of(page: str = "", /, **values: str) -> str:
    """Return the URL of a page about the APIs; values that are empty are left out."""
    return url_in(HERE, page, values)


def key_url(key_id: str, action: str = "") -> str:
    """Return the URL of an access key, or of what is done with it."""
    return f"{HERE}/keys/{quote(key_id, safe='', errors='replace')}{'/' if action else ''}{action}"


def to_confirm(call: PageCall, path: str) -> Answer:
    """Return what leads to the question for the password, and from there to a path."""
    return redirect(call, confirm_url(path))


def step_labels(call: PageCall, period: Period, times: Iterable[float]) -> list[str]:
    """Return the times at which steps of a period begin, in UTC, as short as a chart needs them."""
    moments = (dt.datetime.fromtimestamp(time, dt.UTC) for time in times)
    return [format_datetime(moment, _PATTERNS[period], locale=call.texts.locale) for moment in moments]

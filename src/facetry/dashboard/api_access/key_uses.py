"""How full the buckets of an access key are, and were."""

from __future__ import annotations

import msgspec

from facetry.application.client_limits import ClientLimits, LimitedAction
from facetry.application.request_overview import Period, RequestOverview
from facetry.dashboard.api_access.frame import step_labels
from facetry.dashboard.call import PageCall
from facetry.dashboard.charts import Chart, Kind, Series, draw

MOST_CHARTS = 6
"""Of so many actions it is shown how full their buckets were."""


class BucketUse(msgspec.Struct, frozen=True):
    """The bucket of an action: how full it is, and a chart of the last hour; None where it was empty all the time."""

    action: LimitedAction
    chart: Chart | None


class KeyUses:
    """Tells how full buckets are."""

    def __init__(self, limits: ClientLimits, overview: RequestOverview) -> None:
        """Look at buckets, and at the calls that filled them."""
        self._limits = limits
        self._overview = overview

    async def of(self, call: PageCall, key_id: str) -> list[BucketUse]:
        """Return the buckets of an access key, by the names of actions."""
        actions = await self._limits.levels(call.tenant, call.settings.client_api, key_id)
        charted = [await self._use(call, key_id, action) for action in actions[:MOST_CHARTS]]
        return [*charted, *(BucketUse(action, None) for action in actions[MOST_CHARTS:])]

    async def _use(self, call: PageCall, key_id: str, action: LimitedAction) -> BucketUse:
        found = await self._overview.fullness(call.tenant, key_id, action.name, action.bucket)
        message = call.texts.gettext
        chart = draw(
            Kind.LINES,
            message("Most calls in the bucket in a minute"),
            step_labels(call, Period.HOUR, [one.time for one in found]),
            [
                Series(message("In the bucket"), [one.most for one in found]),
                Series(message("Refused"), [one.refused for one in found], 3),
            ],
        )
        return BucketUse(action, None if chart.is_empty else chart)

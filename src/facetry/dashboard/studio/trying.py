"""The page that tries a search out: how its words were read, and why each hit is where it is."""

from __future__ import annotations

import msgspec

from facetry.application.search_trial import SearchTrial, Trial
from facetry.dashboard.call import PageCall
from facetry.dashboard.rendering import render
from facetry.dashboard.studio.frame import HERE, ShownHit, shown_hits, tabs, typed
from facetry.dashboard.tabs import Tab
from facetry.http.answer import Answer


class TryPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows; without a text there is no trial."""

    tabs: list[Tab]
    text: str
    trial: Trial | None = None
    hits: tuple[ShownHit, ...] = ()
    path: str = HERE


class Trying:
    """Shows searches that are tried out."""

    def __init__(self, trial: SearchTrial) -> None:
        """Try searches."""
        self._trial = trial

    async def show(self, call: PageCall) -> Answer:
        """Show what a text finds, and why."""
        text = typed(call.query.text("q"))
        page = TryPage(tabs=tabs(call), text=text)
        if text:
            trial = await self._trial.run(call.tenant, call.settings, text)
            page = msgspec.structs.replace(page, trial=trial, hits=shown_hits(call, trial))
        return render(call, f"search_studio/{'_tried' if call.is_partial else 'index'}.html", page)

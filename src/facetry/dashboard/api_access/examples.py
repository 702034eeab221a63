"""The page of examples: programs in several languages that run as they are, with the tenant's own values."""

from __future__ import annotations

import msgspec

from facetry.application.sign_ins import SignIns
from facetry.application.tenants import Tenants
from facetry.dashboard.api_access.example_texts import APIS, TOOLS, Values, example
from facetry.dashboard.api_access.frame import HIDDEN, tabs, to_confirm, url_of
from facetry.dashboard.call import PageCall
from facetry.dashboard.destinations import confirm_url
from facetry.dashboard.rendering import secret_page
from facetry.dashboard.tabs import Tab
from facetry.http.answer import Answer


class ShownExample(msgspec.Struct, frozen=True):
    """A program, and the name of what runs it."""

    tool: str
    text: str


class ExamplesPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows; of APIs each is a label, a URL, and whether it is the one shown."""

    tabs: list[Tab]
    apis: list[tuple[str, str, bool]]
    api: str
    examples: list[ShownExample]
    is_shown: bool
    show_url: str
    hide_url: str


class Examples:
    """Shows examples."""

    def __init__(self, tenants: Tenants, sign_ins: SignIns) -> None:
        """Put the keys of tenants into them; ``sign_ins`` knows when the password was given."""
        self._tenants = tenants
        self._sign_ins = sign_ins

    async def show(self, call: PageCall) -> Answer:
        """Show the examples of an API, with keys only where they are asked for and the password was given lately."""
        wanted = call.query.text("api")
        api = wanted if wanted in APIS else APIS[0]
        shown_url = url_of("examples", api=api, show="1")
        is_confirmed, is_shown = self._sign_ins.is_confirmed(call.user_session), call.query.flag("show")
        if is_shown and not is_confirmed:
            return to_confirm(call, shown_url)
        values = await self._values(call, is_shown=is_shown)
        page = ExamplesPage(
            tabs=tabs(call),
            apis=_apis(call, api, is_shown=is_shown),
            api=api,
            examples=[ShownExample(name, example(api, name, values)) for name in TOOLS],
            is_shown=is_shown,
            show_url=shown_url if is_confirmed else confirm_url(shown_url),
            hide_url=url_of("examples", api=api),
        )
        return secret_page(call, "api_keys/examples.html", page)

    async def _values(self, call: PageCall, *, is_shown: bool) -> Values:
        if not is_shown:
            return Values(call.base_url, call.tenant, HIDDEN, HIDDEN)
        keys = await self._tenants.keys(call.tenant)
        return Values(call.base_url, call.tenant, keys.api_key, keys.access_key)


def _apis(call: PageCall, chosen: str, *, is_shown: bool) -> list[tuple[str, str, bool]]:
    message = call.texts.gettext
    labels = zip(APIS, (message("Catalog API"), message("Client API"), message("Native API")), strict=True)
    show = "1" if is_shown else ""
    return [(label, url_of("examples", api=api, show=show), api == chosen) for api, label in labels]

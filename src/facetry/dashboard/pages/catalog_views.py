"""Saved searches of the catalog: save, rename, remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from facetry.dashboard.call import PageCall
from facetry.dashboard.catalog.names import FieldNames
from facetry.dashboard.catalog.showing import Chip, SavedLink, chips, saved_links
from facetry.dashboard.catalog.state import CATALOG, CatalogState, state_of
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.forms import FIELD_ERRORS, field_errors
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.errors import InvalidValueError
from facetry.domain.user import Role, SavedView, User
from facetry.http.answer import Answer

VIEWS = f"{CATALOG}/views"


class ViewsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of saved searches.

    Attributes:
        views: All of them.
        query: The search to save, as a query string.
        text: What it looks for.
        chips: Its filters.
        url: Of the catalog with that search.
        name: What was typed as its name.
        renaming: The search whose name was refused, empty for none.
        errors: What is wrong by the name of the field.
    """

    views: Sequence[SavedLink]
    query: str
    text: str
    chips: Sequence[Chip]
    url: str
    name: str = ""
    renaming: str = ""
    errors: Mapping[str, str] = {}


class ViewPages:
    """Handles saved searches; each visitor has their own."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Keep them with the visitor's record."""
        self._users = dependencies.users

    async def show(self, call: PageCall) -> Answer:
        """Show all, and a form to save the one that the query string says."""
        return render(call, "catalog/views.html", _page(call, call.query.text("query")))

    async def save(self, call: PageCall) -> Answer:
        """Save a search under a name."""
        form = await call.form()
        state = state_of(form.text("query")).but()
        name = form.text("name")
        try:
            await self._users.save_view(call.user, SavedView(_named(name), state.query_string))
        except FIELD_ERRORS as error:
            page = msgspec.structs.replace(_page(call, state.query_string), name=name, errors=field_errors(error))
            return render(call, "catalog/views.html", page, status=422)
        return redirect(call, state.url, call.texts.gettext("The search is saved."))

    async def rename(self, call: PageCall) -> Answer:
        """Give a saved search another name, which no other one may have."""
        form = await call.form()
        old, name = form.raw("old"), form.text("name")
        try:
            await self._renamed(call, old, _named(name))
        except FIELD_ERRORS as error:
            page = msgspec.structs.replace(_page(call), name=name, renaming=old, errors=field_errors(error))
            return render(call, "catalog/views.html", page, status=422)
        return redirect(call, VIEWS, call.texts.gettext("The search has its new name."))

    async def remove(self, call: PageCall) -> Answer:
        """Forget a saved search."""
        await self._users.remove_view(call.user, (await call.form()).raw("name"))
        return redirect(call, VIEWS, call.texts.gettext("The search is forgotten."))

    async def _renamed(self, call: PageCall, old: str, name: str) -> None:
        if name == old:
            return

        def change(user: User) -> User:
            if any(view.name == name for view in user.views):
                raise InvalidValueError("name", "is the name of another saved search")
            views = [SavedView(name if view.name == old else view.name, view.query) for view in user.views]
            return msgspec.structs.replace(user, views=tuple(sorted(views, key=lambda one: one.name)))

        await self._users.update(call.tenant, call.user.id, change)


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of saved searches."""
    pages = ViewPages(dependencies)
    return [
        Page("GET", VIEWS, pages.show, Role.VIEWER),
        Page("POST", VIEWS, pages.save, Role.VIEWER),
        Page("POST", f"{VIEWS}/rename", pages.rename, Role.VIEWER),
        Page("POST", f"{VIEWS}/remove", pages.remove, Role.VIEWER),
    ]


def _page(call: PageCall, query: str = "") -> ViewsPage:
    state: CatalogState = state_of(query).but()
    return ViewsPage(
        views=saved_links(call.user.views, state),
        query=state.query_string,
        text=state.text,
        chips=[*chips(state, FieldNames(call))],
        url=state.url,
    )


def _named(name: str) -> str:
    if not name:
        raise InvalidValueError("name", "must not be empty")
    return name

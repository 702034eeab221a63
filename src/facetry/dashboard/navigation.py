"""Where a visitor can go: the entries of the menu, by what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from facetry.dashboard.call import PageCall
from facetry.domain.user import Role


class Entry(NamedTuple):
    """One entry of the menu.

    Attributes:
        label: In the visitor's language.
        url: Where it leads.
        icon: Name of its picture in ``icons.svg``.
        is_current: Whether the visitor is there.
    """

    label: str
    url: str
    icon: str
    is_current: bool


class Section(NamedTuple):
    """Entries that belong together, under a heading that may be empty."""

    label: str
    entries: Sequence[Entry]


class _Place(NamedTuple):
    label: str
    url: str
    icon: str
    role: Role


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_PLACES: tuple[tuple[str, tuple[_Place, ...]], ...] = (
    (
        "",
        (
            _Place(_("Home"), "/dashboard", "home", Role.VIEWER),
            _Place(_("Catalog"), "/dashboard/catalog", "grid", Role.VIEWER),
            _Place(_("Gemstones"), "/dashboard/gemstones", "gem", Role.VIEWER),
            _Place(_("Orders"), "/dashboard/orders", "order", Role.VIEWER),
            _Place(_("Clients"), "/dashboard/clients", "users", Role.VIEWER),
            _Place(_("Listings"), "/dashboard/listings", "tag", Role.VIEWER),
        ),
    ),
    (
        _("Work"),
        (
            _Place(_("Search studio"), "/dashboard/search", "search", Role.VIEWER),
            _Place(_("Import"), "/dashboard/imports", "upload", Role.VIEWER),
            _Place(_("Export"), "/dashboard/exports", "download", Role.VIEWER),
        ),
    ),
    (
        _("My Account"),
        (
            _Place(_("Profile"), "/dashboard/account", "user", Role.VIEWER),
            _Place(_("API"), "/dashboard/account/api", "key", Role.OWNER),
            _Place(_("Users"), "/dashboard/users", "users", Role.OWNER),
            _Place(_("Settings"), "/dashboard/settings", "settings", Role.OWNER),
        ),
    ),
    (
        _("Server"),
        (
            _Place(_("Tenants"), "/dashboard/operator", "users", Role.OPERATOR),
            _Place(_("Engines"), "/dashboard/operator/engines", "server", Role.OPERATOR),
            _Place(_("Profile"), "/dashboard/account", "user", Role.OPERATOR),
        ),
    ),
)


def navigation(call: PageCall) -> Sequence[Section]:
    """Return the menu of a visitor: what they may not see is not in it."""
    text = call.texts.gettext
    current = _current(call.path)
    sections = (
        Section(
            text(label) if label else "",
            [
                Entry(text(place.label), place.url, place.icon, place.url == current)
                for place in places
                if call.may(place.role)
            ],
        )
        for label, places in _PLACES
    )
    return [section for section in sections if section.entries]


def _current(path: str) -> str:
    """Return the URL of the entry that a path belongs to; groups and products belong to the catalog."""
    for prefix in ("/dashboard/groups", "/dashboard/products"):
        if path.startswith(prefix):
            return "/dashboard/catalog"
    urls = {place.url for _, places in _PLACES for place in places} - {"/dashboard"}
    below = [url for url in urls if path == url or path.startswith(f"{url}/")]
    return max(below, key=len, default="/dashboard" if path == "/dashboard" else "")

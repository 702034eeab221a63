"""Every page of the dashboard, as somebody who may see it would come to it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final, NamedTuple


class Place(NamedTuple):
    """A page.

    Attributes:
        name: What reports call it.
        path: Where it is, or the page from which links lead there.
        role: Of who sees it; empty for who is not signed in.
        links: What leads from there to the page, link by link, with ``*`` for a name; none where it is there.
    """

    name: str
    path: str
    role: str
    links: tuple[str, ...] = ()


HOME: Final = "/dashboard"
_FOUND: Final = f"{HOME}/catalog?q=ring"
_GROUP: Final = f"{HOME}/groups/*"
_PRODUCT: Final = f"{HOME}/products/*"
_GEMSTONE: Final = f"{HOME}/gemstones/*"
_CLIENT: Final = f"{HOME}/clients/*"
_LISTING: Final = f"{HOME}/listings/*"
_API: Final = f"{HOME}/account/api"
_STUDIO: Final = f"{HOME}/search"
_SETTINGS: Final = f"{HOME}/settings"

PLACES: Final = (
    Place("sign-in", f"{HOME}/sign-in", ""),
    Place("home", HOME, "owner"),
    Place("catalog", f"{HOME}/catalog", "editor"),
    Place("catalog-table", f"{_FOUND}&view=table", "editor"),
    Place("group", _FOUND, "editor", (_GROUP,)),
    Place("product", _FOUND, "editor", (_GROUP, _PRODUCT)),
    Place("gemstones", f"{HOME}/gemstones", "editor"),
    Place("gemstone", f"{HOME}/gemstones", "editor", (_GEMSTONE,)),
    Place("orders", f"{HOME}/orders", "editor"),
    Place("order", f"{HOME}/orders", "editor", (f"{HOME}/orders/*",)),
    Place("clients", f"{HOME}/clients", "editor"),
    Place("client", f"{HOME}/clients", "editor", (_CLIENT,)),
    Place("listings", f"{HOME}/listings", "editor"),
    Place("imports", f"{HOME}/imports", "editor"),
    Place("exports", f"{HOME}/exports", "editor"),
    Place("search-studio", f"{_STUDIO}?q=ring", "owner"),
    Place("account", f"{HOME}/account", "owner"),
    Place("api", _API, "owner"),
    Place("users", f"{HOME}/users", "owner"),
    Place("settings", _SETTINGS, "owner"),
    Place("operator", f"{HOME}/operator", "operator"),
    Place("engines", f"{HOME}/operator/engines", "operator"),
)
"""Where people are most of the time."""
FURTHER: Final = (
    Place("saved-searches", f"{HOME}/catalog/views?query=q%3Dring", "editor"),
    Place("bulk-edit", f"{HOME}/catalog/edit?query=q%3Dring", "editor"),
    Place("bulk-edits", f"{HOME}/catalog/edits", "editor"),
    Place("group-history", _FOUND, "editor", (_GROUP, f"{_GROUP}/history")),
    Place("group-json", _FOUND, "editor", (_GROUP, f"{_GROUP}/json")),
    Place("group-delete", _FOUND, "editor", (_GROUP, f"{_GROUP}/delete")),
    Place("product-new", f"{HOME}/products/new", "editor"),
    Place("product-delete", _FOUND, "editor", (_GROUP, _PRODUCT, f"{_PRODUCT}/delete")),
    Place("product-field", _FOUND, "editor", (_GROUP, f"{_PRODUCT}/fields/price")),
    Place("product-history", _FOUND, "editor", (_GROUP, _PRODUCT, f"{_PRODUCT}/history")),
    Place("product-json", _FOUND, "editor", (_GROUP, _PRODUCT, f"{_PRODUCT}/json")),
    Place("gemstone-new", f"{HOME}/gemstones/new", "editor"),
    Place("gemstone-edit", f"{HOME}/gemstones", "editor", (_GEMSTONE, f"{_GEMSTONE}/edit")),
    Place("gemstone-history", f"{HOME}/gemstones", "editor", (_GEMSTONE, f"{_GEMSTONE}/history")),
    Place("order-history", f"{HOME}/orders", "editor", (f"{HOME}/orders/*", f"{HOME}/orders/*/history")),
    Place("client-history", f"{HOME}/clients", "editor", (_CLIENT, f"{_CLIENT}/history")),
    Place("client-edit", f"{HOME}/clients", "editor", (_CLIENT, f"{_CLIENT}/edit")),
    Place("listing", f"{HOME}/listings", "editor", (_LISTING,)),
    Place("listing-edit", f"{HOME}/listings", "editor", (_LISTING, f"{_LISTING}/edit")),
    Place("listing-history", f"{HOME}/listings", "editor", (_LISTING, f"{_LISTING}/history")),
    Place("batches", f"{HOME}/listings/batches", "editor"),
    Place("import", f"{HOME}/imports", "editor", (f"{HOME}/imports/*",)),
    Place("queries", f"{_STUDIO}/queries", "owner"),
    Place("synonyms", f"{_STUDIO}/synonyms", "owner"),
    Place("pins", f"{_STUDIO}/pins?q=ring", "owner"),
    Place("ranking", f"{_STUDIO}/ranking", "owner"),
    Place("rule-versions", f"{_STUDIO}/versions", "owner"),
    Place("second-factor", f"{HOME}/account/second-factor", "owner"),
    Place("confirm", f"{HOME}/account/confirm", "owner"),
    Place("key", _API, "owner", (f"{_API}/keys/*",)),
    Place("replace-key", f"{_API}/rotate/api-key", "owner"),
    Place("requests", f"{_API}/requests", "owner"),
    Place("examples", f"{_API}/examples", "owner"),
    Place("user", f"{HOME}/users", "owner", (f"{HOME}/users/*",)),
    Place("limits", f"{_SETTINGS}/limits", "owner"),
    Place("attributes", f"{_SETTINGS}/attributes", "owner"),
    Place("attribute", f"{_SETTINGS}/attributes", "owner", (f"{_SETTINGS}/attributes/edit?*",)),
    Place("client-api", f"{_SETTINGS}/client-api", "owner"),
    Place("settings-history", f"{_SETTINGS}/history", "owner"),
    Place("tenant-new", f"{HOME}/operator/new", "operator"),
    Place("tenant", f"{HOME}/operator", "operator", (f"{HOME}/operator/tenants/*",)),
)
"""All other pages that are there at any time."""


def path_of(place: Place, read: Callable[[str], str]) -> str | None:
    """Return where a page is; None where no page leads there, as in a catalog without such a thing.

    Args:
        place: The page.
        read: Returns the document at a path.
    """
    path: str | None = place.path
    for link in place.links:
        if path is not None:
            path = next((found for found in links(read(path)) if leads(link, found)), None)
    return path


def leads(link: str, path: str) -> bool:
    """Return whether a path is one of those that a link with ``*`` stands for, the name of something that is there."""
    before, _, after = link.partition("?")
    names = re.escape(before).replace(r"\*", "(?!new(?:/|$)|batches(?:/|$))[^/?#]+")
    return re.fullmatch(names + (r"\?.+" if after else ""), path) is not None


def links(document: str) -> list[str]:
    """Return where the links of a document lead, without the place on the page."""
    found = re.findall(r'<a\b[^>]*?\bhref="([^"#]*)', document)
    return [html.unescape(path) for path in found]

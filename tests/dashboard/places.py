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
        path: Where it is, or the page that leads to it.
        role: Of who sees it; empty for who is not signed in.
        link: Pattern of the path that the page before leads there by; empty where ``path`` is the page itself.
    """

    name: str
    path: str
    role: str
    link: str = ""


HOME: Final = "/dashboard"
PLACES: Final = (
    Place("sign-in", f"{HOME}/sign-in", ""),
    Place("home", HOME, "owner"),
    Place("catalog", f"{HOME}/catalog", "editor"),
    Place("catalog-table", f"{HOME}/catalog?q=ring&view=table", "editor"),
    Place("group", f"{HOME}/catalog?q=ring", "editor", r"/dashboard/groups/[^/?#]+"),
    Place("product", f"{HOME}/catalog?q=ring", "editor", r"/dashboard/products/(?!new)[^/?#]+"),
    Place("product-new", f"{HOME}/products/new", "editor"),
    Place("gemstones", f"{HOME}/gemstones", "editor"),
    Place("gemstone", f"{HOME}/gemstones", "editor", r"/dashboard/gemstones/(?!new)[^/?#]+"),
    Place("orders", f"{HOME}/orders", "editor"),
    Place("order", f"{HOME}/orders", "editor", r"/dashboard/orders/(?!new)[^/?#]+"),
    Place("clients", f"{HOME}/clients", "editor"),
    Place("client", f"{HOME}/clients", "editor", r"/dashboard/clients/(?!new)[^/?#]+"),
    Place("listings", f"{HOME}/listings", "editor"),
    Place("imports", f"{HOME}/imports", "editor"),
    Place("exports", f"{HOME}/exports", "editor"),
    Place("search-studio", f"{HOME}/search?q=ring", "owner"),
    Place("account", f"{HOME}/account", "owner"),
    Place("api", f"{HOME}/account/api", "owner"),
    Place("users", f"{HOME}/users", "owner"),
    Place("settings", f"{HOME}/settings", "owner"),
    Place("operator", f"{HOME}/operator", "operator"),
    Place("engines", f"{HOME}/operator/engines", "operator"),
)


def path_of(place: Place, read: Callable[[str], str]) -> str | None:
    """Return where a page is; None where no page leads there, as in a catalog without such a thing.

    Args:
        read: Returns the document at a path.
    """
    if not place.link:
        return place.path
    return next((path for path in links(read(place.path)) if re.fullmatch(place.link, path)), None)


def links(document: str) -> list[str]:
    """Return where the links of a document lead."""
    return [html.unescape(path) for path in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', document)]

"""What browsers are, told from what they call themselves; all of them claim to be several."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_LONGEST = 60


def browser_name(agent: str) -> str:
    """Return a short name such as ``Firefox, Windows``; of one that is not known the beginning of what it says."""
    found = [next((name for part, name in known if part in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) if all(found) else agent[:_LONGEST]

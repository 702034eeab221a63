"""How metrics are named and laid out between the process that counts and the one that shows them."""

from __future__ import annotations

REQUESTS = "requests"
COUNTER = "counter"
HISTOGRAM = "histogram"
GAUGE = "gauge"

STATUS_CLASSES = 5
"""Classes 1xx to 5xx: the first numbers of a series of requests, before its buckets."""
BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the buckets of durations, in seconds; one more bucket holds what is longer."""
_SEPARATOR = "\t"


def series_name(kind: str, *parts: str) -> str:
    """Return the name under which a series is kept."""
    return _SEPARATOR.join((kind, *parts))


def series_parts(name: str) -> tuple[str, list[str]]:
    """Return the kind and the parts of a series' name."""
    kind, *parts = name.split(_SEPARATOR)
    return kind, parts

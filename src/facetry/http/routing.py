"""Tables of routes of surfaces that route by themselves: from method and raw path to what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, Protocol, TypeVar

from facetry.domain.errors import InvalidValueError, MalformedBodyError
from facetry.http.paths import decode_segment

_VARIABLE = re.compile(r"\{(\w+)\}")


class Routed(Protocol):
    """What a table of routes asks of each."""

    @property
    def method(self) -> str:
        """HTTP method; a GET is a HEAD too."""

    @property
    def template(self) -> str:
        """The path, with variables that are a segment or the end of one: ``/v2/products/{sku}``."""


Route = TypeVar("Route", bound=Routed)


class Match(NamedTuple, Generic[Route]):
    """A path that is there: its template, raw variables by name, and routes by method."""

    template: str
    variables: Mapping[str, str]
    methods: Mapping[str, Route]

    @property
    def allowed(self) -> str:
        """Return the methods that the path takes, as the header ``Allow`` has them."""
        return ", ".join(sorted([*self.methods, "HEAD"] if "GET" in self.methods else self.methods))


class _Place(Generic[Route]):
    """A template with variables, and its routes by method."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.methods: dict[str, Route] = {}
        # What is not a variable is nothing that a pattern would read in another way but for its dots.
        pattern = _VARIABLE.sub(r"(?P<\1>[^/]+)", template.replace(".", r"\."))
        self.match = re.compile(pattern).fullmatch


class Routes(Generic[Route]):
    """All routes of a surface."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Build the table; of two templates that fit a path the one that says more of it counts."""
        self._exact: dict[str, dict[str, Route]] = {}
        places: dict[str, _Place[Route]] = {}
        for route in routes:
            if "{" in route.template:
                place = places.setdefault(route.template, _Place[Route](route.template))
                place.methods[route.method] = route
            else:
                self._exact.setdefault(route.template, {})[route.method] = route
        self._places: dict[int, list[_Place[Route]]] = {}
        for place in sorted(places.values(), key=lambda place: -len(_VARIABLE.sub("", place.template))):
            self._places.setdefault(place.template.count("/"), []).append(place)

    def find(self, path: str) -> Match[Route] | None:
        """Return what there is at a raw path; None for nothing."""
        methods = self._exact.get(path)
        if methods is not None:
            return Match(path, {}, methods)
        for place in self._places.get(path.count("/"), ()):
            match = place.match(path)
            if match is not None:
                return Match(place.template, match.groupdict(), place.methods)
        return None


def decoded_variables(match: Match[Route]) -> dict[str, str]:
    """Return the variables of a path, each decoded exactly once.

    Raises:
        MalformedBodyError: One is no percent-encoded UTF-8.
    """
    try:
        return {name: decode_segment(raw) for name, raw in match.variables.items()}
    except InvalidValueError as error:
        raise MalformedBodyError(f"the path {error.message}") from error

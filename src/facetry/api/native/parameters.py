"""Parameters of a query string, each known by name and given once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from facetry.api.native.call import Call
from facetry.domain.errors import BadParameterError, InvalidValueError
from facetry.domain.hints import near
from facetry.domain.times import end_of, unix_time

_INTEGER = re.compile(r"\d{1,16}", re.ASCII)
_TRUTH = {"true": True, "false": False}


class Parameters:
    """What a query string says."""

    def __init__(self, given: Mapping[str, str]) -> None:
        """Keep texts by name."""
        self._given = given

    def __contains__(self, name: str) -> bool:
        """Return whether a parameter is given."""
        return name in self._given

    def text(self, name: str, default: str = "") -> str:
        """Return a text."""
        return self._given.get(name, default)

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        """Return a whole number.

        Raises:
            BadParameterError: It is none, or out of range.
        """
        text = self._given.get(name)
        if text is None:
            return default
        if not _INTEGER.fullmatch(text) or not lowest <= int(text) <= highest:
            raise BadParameterError(name, f"must be an integer from {lowest} to {highest}")
        return int(text)

    def boolean(self, name: str, *, default: bool = False) -> bool:
        """Return a truth.

        Raises:
            BadParameterError: It is none.
        """
        text = self._given.get(name)
        if text is None:
            return default
        if text not in _TRUTH:
            raise BadParameterError(name, "must be true or false")
        return _TRUTH[text]

    def time(self, name: str, default: float) -> float:
        """Return the Unix time in seconds from which something is wanted: of a date its beginning.

        Raises:
            BadParameterError: It is no time.
        """
        return self._moment(name, default, unix_time)

    def end(self, name: str, default: float) -> float:
        """Return the Unix time in seconds up to which something is wanted: of a date its end.

        Raises:
            BadParameterError: It is no time.
        """
        return self._moment(name, default, end_of)

    def _moment(self, name: str, default: float, read: Callable[[str, object], float]) -> float:
        text = self._given.get(name)
        if text is None:
            return default
        try:
            return read(name, text)
        except InvalidValueError as error:
            raise BadParameterError(name, error.message) from error


def read_parameters(call: Call, *names: str) -> Parameters:
    """Return the parameters of a call that takes these.

    Raises:
        BadParameterError: One is not known here, or given twice.
        MalformedBodyError: The query string cannot be read.
    """
    given: dict[str, str] = {}
    for name, value in call.parameters():
        if name not in names:
            raise BadParameterError(name[:50], f"is no parameter here{near(name, names)}")
        if name in given:
            raise BadParameterError(name, "is given twice")
        given[name] = value
    return Parameters(given)

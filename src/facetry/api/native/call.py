"""One call of ``/v2``, as its handlers see it."""

from __future__ import annotations

from collections.abc import Mapping

from multipart import parse_options_header  # type: ignore[import-untyped]

from facetry.domain.errors import MalformedBodyError, UnacceptedTypeError
from facetry.http import call
from facetry.http.asgi import Receive, Scope, headers_of
from facetry.http.bodies import JSON, decode_json


class Call(call.Call):
    """A call whose route is known.

    Attributes:
        headers: By lower-case name.
        variables: Of the path, decoded.
    """

    def __init__(self, scope: Scope, receive: Receive, path: str) -> None:
        """Read a request of this raw path."""
        super().__init__(scope, receive, path)
        self.headers = headers_of(scope)
        self.variables: Mapping[str, str] = {}
        self._read: bytes | None = None

    def header(self, name: bytes) -> str | None:
        """Return the header of this lower-case name; one that is sent several times is a list of its values."""
        values = [value for given, value in self._scope["headers"] if given == name]
        return b", ".join(values).decode("latin-1") if values else None

    async def body(self) -> bytes:
        """Return the whole body, as often as it is asked for."""
        if self._read is None:
            self._read = await super().body()
        return self._read

    @property
    def cache_key(self) -> str:
        """What an answer to this call is kept under: who may see it, path and query string as sent."""
        return f"{'active' if self.session.may_only_search else 'all'} {self.target}"

    async def document(self) -> dict[str, object]:
        """Return the JSON object that the body is.

        Raises:
            UnacceptedTypeError: The body says that it is something else.
            MalformedBodyError: It cannot be read, or is no object.
        """
        body = await self.body()
        self._check_type()
        try:
            value = decode_json(body.decode())
        except UnicodeDecodeError as error:
            raise MalformedBodyError("the body is not valid utf-8") from error
        if not isinstance(value, dict):
            raise MalformedBodyError("the JSON body must be an object")
        return value

    def _check_type(self) -> None:
        given = self.headers.get(b"content-type", JSON.encode()).decode("latin-1")
        media_type = parse_options_header(given)[0]
        if media_type != JSON and not media_type.endswith("+json"):
            raise UnacceptedTypeError(f"send the body as {JSON}")

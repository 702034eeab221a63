"""A file of a multipart form as it arrives, of any size, with the fields that stand before it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from types import TracebackType
from typing import Self

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from facetry.domain.errors import MalformedBodyError
from facetry.http.bodies import MULTIPART
from facetry.http.body import Unread

MAX_FIELDS_BYTES = 1 << 16
"""So many bytes the fields before the file may have together."""
_MAX_FIELDS = 100
_BROKEN = {
    Unread.GONE: "the body ends before it is whole",
    Unread.TOO_SLOW: "the body took too long to arrive",
}


async def whole_pieces(pieces: AsyncIterator[bytes | Unread]) -> AsyncGenerator[bytes, None]:
    """Yield the pieces of a body that must come to its end.

    Raises:
        MalformedBodyError: It does not.
    """
    async for piece in pieces:
        if isinstance(piece, Unread):
            raise MalformedBodyError(_BROKEN.get(piece, "the body is too large"))
        yield piece


class Upload:
    """A multipart form with one file; an asynchronous context manager, which reads up to the file on entering.

    Attributes:
        fields: The texts before the file, by name.
        file_name: What the sender calls the file; empty where none was chosen, or there is none.
    """

    def __init__(self, content_type: str, pieces: AsyncIterator[bytes | Unread]) -> None:
        """Read a body that arrives in pieces.

        Args:
            content_type: Value of the header, which names the boundary.
            pieces: The body.

        Raises:
            MalformedBodyError: It is no multipart form.
        """
        media_type, options = parse_options_header(content_type)
        if media_type != MULTIPART:
            raise MalformedBodyError(f"send the file as {MULTIPART}")
        self.fields: dict[str, str] = {}
        self.file_name = ""
        self._is_there = False
        self._events = self._parsed(options.get("boundary", ""), whole_pieces(pieces))

    async def __aenter__(self) -> Self:
        """Read the fields before the file.

        Raises:
            MalformedBodyError: The form is damaged or cut off, or its fields are too long.
        """
        segment: MultipartSegment | None = None
        value = bytearray()
        left = MAX_FIELDS_BYTES
        async for event in self._events:
            if isinstance(event, MultipartSegment):
                segment, value = event, bytearray()
                if event.filename is not None:
                    self.file_name, self._is_there = event.filename, True
                    break
            elif event is None:
                self._keep(segment, value)
            else:
                left -= len(event)
                value += event
                if left < 0:
                    raise MalformedBodyError("the fields before the file are too long")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Read no more; what is left of the body is left to who hands it on."""
        await self._events.aclose()

    async def content(self) -> AsyncIterator[bytes]:
        """Yield the file in pieces, once; nothing where there is none.

        Raises:
            MalformedBodyError: The form is damaged or cut off.
        """
        is_file = self._is_there
        async for event in self._events:
            # To its end, so that a form that is cut off behind the file is seen as that.
            if event is None or isinstance(event, MultipartSegment):
                is_file = False
            elif is_file:
                yield bytes(event)

    def _keep(self, segment: MultipartSegment | None, value: bytearray) -> None:
        if segment is not None and segment.name:
            try:
                self.fields[segment.name] = value.decode()
            except UnicodeDecodeError as error:
                raise MalformedBodyError("a field is not valid utf-8") from error

    async def _parsed(
        self, boundary: str, pieces: AsyncIterator[bytes]
    ) -> AsyncGenerator[MultipartSegment | bytearray | None, None]:
        """Yield each segment, its parts, and None at its end."""
        try:
            parser = PushMultipartParser(boundary, max_segment_count=_MAX_FIELDS)
            async for piece in pieces:
                if piece:
                    for event in parser.parse(piece):
                        yield event
            parser.close(check_complete=True)
        except (MultipartError, UnicodeError) as error:
            raise MalformedBodyError(f"malformed multipart form: {str(error).lower()}") from error

"""What the processes of one data directory say to each other: length-prefixed JSON over the owner's socket."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from facetry.domain.actor import Actor
from facetry.domain.catalog import Write
from facetry.domain.errors import FacetryError
from facetry.domain.telling import retold, told
from facetry.domain.tenant import Tenant

Task = Callable[[str], Awaitable[object]]
"""What the owner's program does for one tenant when another process asks; its result must be encodable as JSON."""
PROTOCOL = 7
"""Raised by every change of these messages; owner and follower must have the same."""
_MAX_FRAME = 1 << 30
_LENGTH = struct.Struct(">I")


class Greeting(msgspec.Struct, frozen=True):
    """What the owner says first."""

    protocol: int
    pid: int


class WriteCall(msgspec.Struct, frozen=True, tag="write"):
    """Ask for ``CatalogStore.write``."""

    tenant: str
    writes: tuple[Write, ...]
    by: Actor


class CreateTenantCall(msgspec.Struct, frozen=True, tag="create_tenant"):
    """Ask for ``CatalogStore.create_tenant``."""

    tenant: Tenant


class ReplaceTenantCall(msgspec.Struct, frozen=True, tag="replace_tenant"):
    """Ask for ``CatalogStore.replace_tenant``."""

    tenant: Tenant


class DeleteTenantCall(msgspec.Struct, frozen=True, tag="delete_tenant"):
    """Ask for ``CatalogStore.delete_tenant``."""

    tenant: str


class CutLogCall(msgspec.Struct, frozen=True, tag="cut_log"):
    """Ask for ``CatalogStore.cut_log``."""

    tenant: str
    below: int


class RunCall(msgspec.Struct, frozen=True, tag="run"):
    """Ask for a task that the owner's program has registered by name, for one tenant."""

    task: str
    tenant: str


Call = WriteCall | CreateTenantCall | ReplaceTenantCall | DeleteTenantCall | CutLogCall | RunCall


class Request(msgspec.Struct, frozen=True):
    """A call, with a number that its reply repeats."""

    number: int
    call: Call


class Failure(msgspec.Struct, frozen=True):
    """A domain error on its way to another process."""

    code: str
    message: str
    fields: dict[str, Any]


class Reply(msgspec.Struct, frozen=True):
    """The answer to a call: its result, or why there is none."""

    number: int
    result: msgspec.Raw = msgspec.Raw(b"null")
    failure: Failure | None = None


_encode = msgspec.json.Encoder().encode


def frame(message: msgspec.Struct) -> bytes:
    """Return a message as it goes over the socket."""
    body = _encode(message)
    return _LENGTH.pack(len(body)) + body


def raw(result: object) -> msgspec.Raw:
    """Return a result in the form that a reply carries."""
    return msgspec.Raw(_encode(result))


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """Return the body of the next message.

    Raises:
        OSError, EOFError: The connection ended.
    """
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if length > _MAX_FRAME:
        raise EOFError
    return await reader.readexactly(length)


def failure(error: FacetryError) -> Failure:
    """Return a domain error in the form that a reply carries."""
    return Failure(error.code, error.message, told(error))


def raised(failed: Failure) -> FacetryError:
    """Return the error that another process met; one of an unknown kind becomes a ``StoreError``."""
    return retold(failed.code, failed.message, failed.fields)


def decode(body: bytes | msgspec.Raw, kind: Any) -> Any:  # noqa: ANN401 - the type is the caller's
    """Return a message or result of the given type."""
    return msgspec.json.decode(body, type=kind)

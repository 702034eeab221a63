"""Conditions of writes, as ``If-Match`` and ``If-None-Match`` state them, and the tags that they name."""

from __future__ import annotations

import re

from facetry.api.native.call import Call
from facetry.domain.errors import MalformedBodyError, OutdatedError
from facetry.domain.guarding import Condition
from facetry.domain.patching import ProductKey
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey

# Behind the digits stands by what else the answer differs: the tenant's currency in it, the content coding.
_TAG = re.compile(r"([0-9a-f]{16})(?:[.-][A-Za-z0-9.-]*)?", re.ASCII)
_VERSION = re.compile(r"(\d{1,18})(?:-[A-Za-z0-9.-]*)?", re.ASCII)
# An element of a list (RFC 9110, 5.6.1 and 8.8.3), which may be empty but for a comma.
_ELEMENT = re.compile(r'[ \t,]*(?:W/)?"([!\x23-\x7e\x80-\xff]*)"[ \t]*(?:,[ \t,]*|$)')
_IF_MATCH, _IF_NONE_MATCH = b"if-match", b"if-none-match"
_ANY = "*"


def condition_of(call: Call, key: ProductKey | RecordKey, kind: RecordKind | None = None) -> Condition | None:
    """Return what must be so of the thing that a call writes; None where nothing must.

    Args:
        call: A write.
        key: Names the thing.
        kind: Of a record.

    Raises:
        MalformedBodyError: A header cannot be read, or both headers are there.
    """
    match, none_match = call.header(_IF_MATCH), call.header(_IF_NONE_MATCH)
    if match is not None and none_match is not None:
        raise MalformedBodyError("If-Match and If-None-Match cannot stand together")
    if none_match is not None:
        if none_match.strip() != _ANY or call.method != "PUT":
            raise MalformedBodyError("of a write If-None-Match must be *, and only a PUT takes it")
        return Condition(key, kind, exists=False)
    if match is None:
        return None
    return Condition(key, kind, tags=_tags(match))


def shown_tag(tag: str, variant: str = "") -> str:
    """Return the tag of an answer that shows a thing with this tag, and something that is not the thing's own."""
    return f"{tag}.{variant}" if variant else tag


def without_condition(call: Call) -> None:
    """Check that a call has no condition, where what it writes has no tag, or none yet.

    Raises:
        MalformedBodyError: It has one.
    """
    if call.header(_IF_MATCH) is not None or call.header(_IF_NONE_MATCH) is not None:
        raise MalformedBodyError("this cannot be conditional: what it writes has no ETag")


def named_versions(call: Call) -> tuple[str, ...]:
    """Return the versions of settings of which a call wants to replace one; none for any.

    Raises:
        MalformedBodyError: ``If-Match`` cannot be read, or ``If-None-Match`` is there.
    """
    if call.header(_IF_NONE_MATCH) is not None:
        raise MalformedBodyError("settings are always there: only If-Match can make replacing them conditional")
    match = call.header(_IF_MATCH)
    return () if match is None else _tags(match, _VERSION)


def expected_version(named: tuple[str, ...], version: int) -> int | None:
    """Return the version of settings that is replaced; None where any may be.

    Args:
        named: As of ``named_versions``.
        version: The one that is there.

    Raises:
        OutdatedError: It is none of those that are named.
    """
    if not named:
        return None
    if str(version) not in named:
        raise OutdatedError(version)
    return version


def _tags(header: str, form: re.Pattern[str] = _TAG) -> tuple[str, ...]:
    """Return the tags that a header names, none for any.

    One that has not the form of ours stands as it was sent: it is nothing's tag, so its condition does not hold.
    """
    if header.strip() == _ANY:
        return ()
    found, at = [], 0
    while match := _ELEMENT.match(header, at):
        tag, at = match[1], match.end()
        ours = form.fullmatch(tag)
        found.append(tag if ours is None else ours[1])
    if not found or at < len(header):
        raise MalformedBodyError("If-Match must be a list of ETags, or *")
    return tuple(found)

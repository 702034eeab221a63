"""Conditions of writes, as ``If-Match`` and ``If-None-Match`` state them, and the tags that they name."""

from __future__ import annotations

import re

from facetry.api.native.call import Call
from facetry.domain.errors import MalformedBodyError
from facetry.domain.guarding import Condition
from facetry.domain.patching import ProductKey
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey

# Behind the digits stands by what else the answer differs: the tenant's currency in it, the content coding.
_TAG = re.compile(r'(?:W/)?"([0-9a-f]{16})(?:[.-][A-Za-z0-9.-]*)?"', re.ASCII)
_IF_MATCH, _IF_NONE_MATCH = b"if-match", b"if-none-match"
_ANY = "*"


def condition_of(call: Call, key: ProductKey | RecordKey, kind: RecordKind | None = None) -> Condition | None:
    """Return what must be so of the thing that a call writes; None where nothing must.

    Args:
        call: A write.
        key: Names the thing.
        kind: Of a record.

    Raises:
        MalformedBodyError: A header names what is no tag of ours, or both headers are there.
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
    """Check that a call has no condition, where what it writes has no tag.

    Raises:
        MalformedBodyError: It has one.
    """
    if call.header(_IF_MATCH) is not None or call.header(_IF_NONE_MATCH) is not None:
        raise MalformedBodyError("this cannot be conditional: what it writes has no ETag")


def _tags(header: str) -> tuple[str, ...]:
    if header.strip() == _ANY:
        return ()
    tags = [_TAG.fullmatch(one.strip()) for one in header.split(",")]
    found = tuple(match[1] for match in tags if match is not None)
    if len(found) != len(tags):
        raise MalformedBodyError("If-Match must be the ETag of an answer, or *")
    return found

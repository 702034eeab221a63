"""Sales channels: the numbers that the Client API has for them, those of a tenant beside, and how they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import msgspec

from facetry.domain.errors import InvalidValueError

MAX_CHANNELS = 200
"""So many a tenant may add."""
_LONGEST_NAME = 100


class Channel(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sales channel.

    Attributes:
        number: Unique in the tenant.
        name: How it is shown, and taken in any case.
        parent: Number of the channel that this one is a site of; 0 for none.
    """

    number: int
    name: str
    parent: int = 0


CHANNELS: Sequence[Channel] = (
    Channel(1000, "eBay"),
    Channel(1100, "eBay US", 1000),
    Channel(1200, "eBay UK", 1000),
    Channel(1300, "eBay AU", 1000),
    Channel(1400, "eBay CA", 1000),
    Channel(1500, "eBay FR", 1000),
    Channel(1600, "eBay DE", 1000),
    Channel(1700, "eBay SG", 1000),
    Channel(3000, "Etsy"),
    Channel(3500, "Amazon.com"),
    Channel(3600, "Amazon.co.uk"),
    Channel(5000, "Bonanza"),
    Channel(5100, "Shopify"),
    Channel(6000, "Rapnet"),
)
"""Those that every tenant has."""


def all_channels(own: Iterable[Channel]) -> Sequence[Channel]:
    """Return all channels of a tenant, ascending; one of its own takes the place of the one with its number."""
    by_number = {one.number: one for one in (*CHANNELS, *own)}
    return [by_number[number] for number in sorted(by_number)]


def channel_of(field: str, raw: object, own: Iterable[Channel] = ()) -> Channel:
    """Return the channel that a number, or a name in any case, stands for.

    Raises:
        InvalidValueError: There is none; the message names near ones.
    """
    known = all_channels(own)
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise InvalidValueError(field, "must be number or name of a channel")
    text = str(raw).strip()
    key = _key(text)
    for channel in known:
        if key in {str(channel.number), _key(channel.name)}:
            return channel
    near = get_close_matches(key, [_key(channel.name) for channel in known], 3)
    hints = [f"{one.number} {one.name}" for one in known if _key(one.name) in near] or [
        f"{one.number} {one.name}" for one in known if not one.parent
    ]
    raise InvalidValueError(field, f"{text[:40]!r} is no channel, there is {', '.join(hints)}")


def sites_of(number: int, own: Iterable[Channel] = ()) -> frozenset[int]:
    """Return the numbers that a channel's number means where it filters: its own and those of its sites."""
    return frozenset({number, *(one.number for one in all_channels(own) if one.parent == number)})


def check_channels(own: Sequence[Channel]) -> None:
    """Check the channels that a tenant adds.

    Raises:
        InvalidValueError: There are too many, a number or name is taken or none, or a parent is not there.
    """
    known = all_channels(own)
    if len(own) > MAX_CHANNELS:
        raise InvalidValueError("channels", f"must be at most {MAX_CHANNELS}")
    if len({one.number for one in own}) != len(own) or len({_key(one.name) for one in known}) != len(known):
        raise InvalidValueError("channels", "must have a number and a name each that no other one has")
    for one in own:
        if one.number < 1 or not 1 <= len(one.name.strip()) <= _LONGEST_NAME:
            raise InvalidValueError("channels", f"must have a number from 1 and a name of 1 to {_LONGEST_NAME} letters")
        if one.parent and one.parent not in {other.number for other in known if other.number != one.number}:
            raise InvalidValueError("channels", f"have no channel {one.parent} that {one.name} could be a site of")


def _key(name: str) -> str:
    return "".join(name.split()).lower()

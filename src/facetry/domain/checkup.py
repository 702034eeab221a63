"""What an examination of a server's surroundings finds."""

from __future__ import annotations

from enum import Enum

import msgspec


class Health(Enum):
    """How a thing is: a warning may become a failure, a failure keeps the server from working as it should."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Checkup(msgspec.Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        name: What.
        health: How it is.
        told: What was seen, in a few words.
        advice: What to do; empty where there is nothing to do.
    """

    name: str
    health: Health
    told: str
    advice: str = ""


def good(name: str, told: str) -> Checkup:
    """Return that a thing is as it should be."""
    return Checkup(name, Health.GOOD, told)


def warning(name: str, told: str, advice: str) -> Checkup:
    """Return that a thing should be looked after."""
    return Checkup(name, Health.WARNING, told, advice)


def bad(name: str, told: str, advice: str) -> Checkup:
    """Return that a thing does not work."""
    return Checkup(name, Health.BAD, told, advice)

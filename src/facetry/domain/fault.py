"""What is wrong with something that is derived, and so could be derived anew."""

from __future__ import annotations

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One thing that is not what it should be.

    Attributes:
        part: What kind of thing: ``products``, ``groups``, ``records``, ``links``, ``keys``, ``counts``, ``log``,
            ``database``, ``accounts``, ``journal`` or ``index``.
        subject: Which one; empty where the part is one thing.
        problem: What is wrong with it.
        mendable: Whether it can be derived anew; what cannot is lost, unless a backup has it.
    """

    part: str
    subject: str
    problem: str
    mendable: bool = True

    def __str__(self) -> str:
        """Return it as a line tells it."""
        named = f"{self.part} {self.subject}".rstrip()
        return f"{named}: {self.problem}{'' if self.mendable else ' (cannot be mended: restore a backup)'}"

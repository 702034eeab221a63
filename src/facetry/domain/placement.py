"""In which of several indexes a tenant's groups are."""

from __future__ import annotations

import hashlib
import re

import msgspec

from facetry.domain.errors import InvalidValueError

SHARED = ""
"""The index of all tenants that were given no other one."""
OWN_PREFIX = "own-"
MAX_SHARDS = 64
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


class Placement(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where searches of a tenant look, where the index can be divided.

    Attributes:
        home: The index that is searched.
        coming: The one that it moves to, brought up by every write too; None while it does not move.
    """

    home: str = SHARED
    coming: str | None = None


def own_index(tenant: str) -> str:
    """Return the name of the index that holds one tenant alone."""
    return OWN_PREFIX + hashlib.sha256(tenant.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def check_index_name(name: str) -> None:
    """Check the name of an index for several tenants.

    Raises:
        InvalidValueError: It cannot be one.
    """
    if not _NAME.fullmatch(name) or name.startswith(OWN_PREFIX):
        raise InvalidValueError(
            "index",
            f"must be up to 40 lower-case letters, digits and hyphens, beginning with a letter, not {OWN_PREFIX}",
        )

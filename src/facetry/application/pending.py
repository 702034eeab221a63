"""What a browser carries from the password to the next step of signing in: sealed, so that nobody can make it up."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence

import msgspec

from facetry.application.secrets import Vault
from facetry.domain.account_errors import SignInRefusedError
from facetry.domain.errors import SettingError
from facetry.domain.user import User
from facetry.ports.clock import Clock

PENDING_SECONDS = 300
"""So long there is for the next step."""
_PURPOSE = "sign in"
_MAX_TOKEN_LENGTH = 20_000


class PendingUser(msgspec.Struct, frozen=True, array_like=True):
    """A user whose password was given, and the digest of its hash: with another password it counts no more."""

    id: str
    password: bytes

    def is_same(self, user: User) -> bool:
        """Return whether a user still has the password that was given."""
        return self.id == user.id and self.password == _digest(user)


class Pending(msgspec.Struct, frozen=True, array_like=True):
    """The users one of whom is about to come in, until when, and what for."""

    users: tuple[PendingUser, ...]
    expires: float
    purpose: str = _PURPOSE


class PendingSeal:
    """Close and open what is carried."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        """Seal under the key of a vault."""
        self._vault = vault
        self._clock = clock

    def closed(self, users: Sequence[User]) -> str:
        """Return the text that stands for users whose password was given just now."""
        pending = Pending(
            tuple(PendingUser(user.id, _digest(user)) for user in users), self._clock.now() + PENDING_SECONDS
        )
        return base64.urlsafe_b64encode(self._vault.seal(msgspec.json.encode(pending))).decode()

    def opened(self, token: str) -> Pending:
        """Return what a text stands for.

        Raises:
            SignInRefusedError: It is none of ours, or too old.
        """
        try:
            sealed = base64.b64decode(token[:_MAX_TOKEN_LENGTH].encode(), b"-_", validate=True)
            pending = msgspec.json.decode(self._vault.open(sealed), type=Pending)
        except (binascii.Error, UnicodeEncodeError, SettingError, msgspec.DecodeError):
            raise SignInRefusedError("signing in took too long, begin again") from None
        if pending.purpose != _PURPOSE or pending.expires <= self._clock.now():
            raise SignInRefusedError("signing in took too long, begin again")
        return pending


def _digest(user: User) -> bytes:
    return hashlib.sha256(user.password.encode()).digest()

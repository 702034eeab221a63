"""Passwords: which may be chosen, and their argon2id hashes."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from facetry.domain.errors import InvalidValueError, TooManyAttemptsError
from facetry.domain.storable import is_unicode

_T = TypeVar("_T")
MIN_LENGTH = 10
MAX_LENGTH = 1024
AT_ONCE = 2
"""So many hashes are made at once: each takes 64 MiB and the better part of a core."""
MAX_WAITING = 64
"""More than so many are told to come back, so that nobody fills the memory with passwords to look at."""
_WAIT_SECONDS = 5


class Passwords:
    """Make and verify hashes in threads, a few at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Use a hasher; by default one with the parameters that RFC 9106 recommends where memory is short."""
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobodys = ""

    def check(self, password: str, email: str) -> None:
        """Check that a password may be chosen.

        Raises:
            InvalidValueError: It is too short, too long, no text, or the e-mail.
        """
        if not (is_unicode(password) and MIN_LENGTH <= len(password) <= MAX_LENGTH):
            raise InvalidValueError("password", f"must have {MIN_LENGTH} to {MAX_LENGTH:,} characters")
        if password.casefold() == email.casefold():
            raise InvalidValueError("password", "must be another one than the e-mail")

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with a salt of its own.

        Raises:
            TooManyAttemptsError: Too many wait for one.
        """
        return await self._in_turn(lambda: self._hasher.hash(_plain(password)))

    async def verify(self, hashed: str, password: str) -> bool:
        """Return whether a hash is that of a password; of an empty hash nothing is, after the same time.

        Raises:
            TooManyAttemptsError: Too many wait for one.
        """
        if not hashed:
            if not self._nobodys:
                self._nobodys = await self.hash("nobody's password")
            await self._in_turn(lambda: self._is_of(self._nobodys, password))
            return False
        return await self._in_turn(lambda: self._is_of(hashed, password))

    def is_outdated(self, hashed: str) -> bool:
        """Return whether a hash was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(hashed)

    def _is_of(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, _plain(password))
        except (Argon2Error, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], _T]) -> _T:
        if self._waiting >= MAX_WAITING:
            raise TooManyAttemptsError(_WAIT_SECONDS)
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def _plain(password: str) -> bytes:
    """Return the form in which keyboards that compose characters differently give the same password."""
    return unicodedata.normalize("NFKC", password[: MAX_LENGTH + 1]).encode("utf-8", "surrogatepass")

"""Hashes of passwords: argon2id, a few at a time, nobody's in the same time as somebody's."""

from __future__ import annotations

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from facetry.application.passwords import AT_ONCE, MAX_WAITING, Passwords
from facetry.domain.errors import TooManyAttemptsError
from tests.unit.application.accounts import quick_hasher

pytestmark = pytest.mark.anyio


async def test_a_hash_is_argon2id_with_a_salt_of_its_own():
    passwords = Passwords()
    first = await passwords.hash("correct horse")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.verify(first, "correct horse")
    assert not await passwords.verify(first, "correct horsf")
    assert not passwords.is_outdated(first)


async def test_the_same_password_has_different_hashes():
    passwords = Passwords(quick_hasher())
    assert await passwords.hash("correct horse") != await passwords.hash("correct horse")


async def test_keyboards_compose_differently():
    passwords = Passwords(quick_hasher())
    assert await passwords.verify(await passwords.hash("Ring f\u00fcr Ruth"), "Ring fu\u0308r Ruth")


async def test_long_passwords_count_as_a_whole():
    passwords = Passwords(quick_hasher())
    hashed = await passwords.hash("x" * 1023 + "a")
    assert not await passwords.verify(hashed, "x" * 1023 + "b")
    assert not await passwords.verify(hashed, "x" * 1023 + "ab")


@pytest.mark.parametrize("hashed", ["", "no hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
async def test_nothing_is_the_password_of_no_hash(hashed):
    passwords = Passwords(quick_hasher())
    assert not await passwords.verify(hashed, "nobody's password")


async def test_a_few_are_made_at_once_and_the_others_wait():
    class Watched(PasswordHasher):
        running, most, lock = 0, 0, threading.Lock()

        def hash(self, password, *, salt=None):
            with self.lock:
                Watched.running += 1
                Watched.most = max(Watched.most, Watched.running)
            done = super().hash(password)
            with self.lock:
                Watched.running -= 1
            return done

    passwords = Passwords(Watched(time_cost=4, memory_cost=512, parallelism=1))
    hashing = (passwords.hash(f"password {number}") for number in range(MAX_WAITING + 3))
    done = await asyncio.gather(*hashing, return_exceptions=True)
    assert sum(isinstance(one, TooManyAttemptsError) for one in done) == 3
    assert 1 <= Watched.most <= AT_ONCE

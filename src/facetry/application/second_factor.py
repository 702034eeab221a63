"""The second factor: codes that an app on a phone makes of a shared secret and the time."""

from __future__ import annotations

import hmac
import re
from typing import NamedTuple

import msgspec
import pyotp

from facetry.application.secrets import Vault
from facetry.application.sign_in_limits import SignInLimits
from facetry.application.users import Users
from facetry.domain.account_errors import SignInRefusedError
from facetry.domain.errors import InvalidValueError
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.user import User
from facetry.ports.clock import Clock
from facetry.ports.rate_limiter import RateLimiter

ISSUER = "Facetry"
STEP_SECONDS = 30
DRIFT_STEPS = 1
"""By so many steps a phone's clock may be wrong."""
PER_USER = Bucket(10, 1 / 60)
_CODE = re.compile(r"[0-9]{6}")
_SECRET = re.compile(r"[A-Z2-7]{32}")


class Enrolment(NamedTuple):
    """A secret that is to be shared with a phone: as it is typed in, and as the address that a QR code holds."""

    secret: str
    uri: str


class SecondFactor:
    """The use cases of codes."""

    def __init__(self, users: Users, vault: Vault, clock: Clock, limiter: RateLimiter) -> None:
        """Keep secrets sealed by a vault, and count tries in a limiter."""
        self._users = users
        self.vault = vault
        self.clock = clock
        self.limiter = limiter
        # A code is guessed from anywhere by who knows the password, so it is the user whose tries are counted.
        self._limits = SignInLimits(limiter, "code", PER_USER, PER_USER)

    def propose(self, user: User) -> Enrolment:
        """Return a new secret for a user; nothing is kept before it is confirmed by a code."""
        return self.described(user, pyotp.random_base32(32))

    def described(self, user: User, secret: str) -> Enrolment:
        """Return how a secret is shown to a user.

        Raises:
            InvalidValueError: It is none that was proposed.
        """
        if not _SECRET.fullmatch(secret):
            raise InvalidValueError("secret", "must be the one that was shown")
        return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER))

    async def confirm(self, user: User, secret: str, code: str) -> User:
        """Turn the second factor on, in place of an earlier one, once a code of the secret was given.

        Raises:
            InvalidValueError: The code is not one of the secret's, or the secret none that was proposed.
            TooManyAttemptsError: Too many codes were wrong.
        """
        self.described(user, secret)
        await self._limits.count(user.id, user.id)
        step = self._step(secret, code, after=0)
        if step is None:
            raise InvalidValueError("code", "must be the one that the app shows now")
        await self._limits.take_back(user.id, user.id)
        sealed = self.vault.seal(secret.encode())
        return await self._users.update(
            user.tenant, user.id, lambda seen: msgspec.structs.replace(seen, totp=sealed, totp_step=step)
        )

    async def disable(self, tenant: str, user_id: str) -> User:
        """Turn the second factor of a user off; harmless where it is.

        Raises:
            UserNotFoundError: The tenant has no such user.
        """
        return await self._users.update(
            tenant, user_id, lambda seen: msgspec.structs.replace(seen, totp=b"", totp_step=0)
        )

    async def use(self, user: User, code: str) -> User:
        """Take a code, which is good once.

        Raises:
            SignInRefusedError: It is wrong or was used.
            TooManyAttemptsError: Too many codes were wrong.
        """
        await self._limits.count(user.id, user.id)
        step = self._step(self.vault.open(user.totp).decode(), code, after=user.totp_step)
        if step is None:
            raise SignInRefusedError("the code is wrong or was used")

        def change(seen: User) -> User:
            # Of two who bring the same code at once one is late.
            if seen.totp_step >= step or seen.totp != user.totp:
                raise SignInRefusedError("the code is wrong or was used")
            return msgspec.structs.replace(seen, totp_step=step)

        done = await self._users.update(user.tenant, user.id, change)
        await self._limits.take_back(user.id, user.id)
        return done

    def _step(self, secret: str, code: str, after: int) -> int | None:
        """Return the time step of a code that is good now and later than ``after``; None where it is not."""
        given = "".join(code.split())
        if not _CODE.fullmatch(given):
            return None
        now = int(self.clock.now()) // STEP_SECONDS
        codes = pyotp.TOTP(secret)
        found = [
            step
            for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
            if hmac.compare_digest(codes.generate_otp(step), given) and step > after
        ]
        return found[0] if found else None

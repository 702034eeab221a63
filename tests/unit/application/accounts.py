"""Users and sign-ins over the reference engines, with hashes that cost nothing."""

from __future__ import annotations

import pyotp
from argon2 import PasswordHasher

from facetry.application.passwords import Passwords
from facetry.application.second_factor import SecondFactor
from facetry.application.secrets import Vault
from facetry.application.sign_ins import Browser, SignedIn, SignIns
from facetry.application.tenants import NewTenant, Tenants
from facetry.application.users import NewUser, Users, Welcome
from facetry.domain.user import Role
from facetry.engines.memory.accounts import MemoryAccounts
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from tests.unit.application.shop import SetClock

PASSWORD = "correct horse battery"
BROWSER = Browser("192.0.2.1", "Mozilla/5.0")


def quick_hasher(time_cost=1):
    """Return a hasher that is as quick as argon2 can be."""
    return PasswordHasher(time_cost=time_cost, memory_cost=8, parallelism=1)


class Office:
    """Two tenants, and all that looks after users."""

    def __init__(self):
        self.clock = SetClock()
        self.accounts = MemoryAccounts()
        self.store = MemoryCatalogStore()
        self.vault = Vault(b"m" * 32)
        self.tenants = Tenants(self.store, self.vault, self.clock, accounts=self.accounts)
        self.passwords = Passwords(quick_hasher())
        self.users = Users(self.accounts, self.store, self.clock, self.passwords)
        self.factor = SecondFactor(self.users, self.vault, self.clock, MemoryRateLimiter(self.clock))
        self.sign_ins = self.new_sign_ins(self.passwords)

    def new_sign_ins(self, passwords):
        return SignIns(self.accounts, self.store, self.users, passwords, self.factor)

    async def open(self):
        for tenant in ("t", "other"):
            await self.tenants.create(NewTenant(name=f"Shop {tenant}", id=tenant))

    async def add(self, email="ruth@example.com", tenant="t", role=Role.OWNER, password=PASSWORD):
        """Return a user who has chosen a password."""
        made = await self.users.invite(tenant, NewUser(email=email, role=role))
        return await self.users.accept(made.token, Welcome(password=password))

    async def sign_in(self, email="ruth@example.com", password=PASSWORD, browser=BROWSER):
        """Return a session that has begun."""
        step = await self.sign_ins.sign_in(email, password, browser)
        assert isinstance(step, SignedIn), step
        return step

    async def enrol(self, user):
        """Turn the second factor of a user on, and return what shows its codes."""
        secret = self.factor.propose(user).secret
        phone = pyotp.TOTP(secret)
        await self.factor.confirm(user, secret, self.code(phone))
        return phone

    def code(self, phone, steps=0):
        """Return the code that a phone shows now, or would so many steps later."""
        return phone.at(int(self.clock.time) + 30 * steps)

"""One-time links for the first people on a server: its operator, and the owner of the demo catalog."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from facetry.application.users import NewUser
from facetry.bootstrap.demo import DEMO_TENANT, base_url
from facetry.bootstrap.service import Service
from facetry.domain.account_errors import UserExistsError
from facetry.domain.user import Role
from facetry.settings import Settings

FIRST_SECONDS = 86_400.0
"""So long such a link is good; each start makes new ones while nobody has used them."""
_FIRST_OPERATOR = "first-operator"
_DEMO_OWNER = "demo-owner"
DEMO_EMAIL = "demo@example.com"


class FirstLink(NamedTuple):
    """A link, and what it is for."""

    purpose: str
    url: str


async def first_links(service: Service) -> list[FirstLink]:
    """Return links for those who are needed and have no password yet.

    Raises:
        StoreError: The accounts cannot be read or written.
    """
    found: list[FirstLink] = []
    if not any(user.password for user in await service.users.list("")):
        wish = NewUser(email="", role=Role.OPERATOR)
        await _add(service, found, "Choose the operator's e-mail and password", (_FIRST_OPERATOR, "", wish))
    if service.settings.demo and not any(user.password for user in await service.users.list(DEMO_TENANT)):
        wish = NewUser(email=DEMO_EMAIL, name="Demo", role=Role.OWNER)
        await _add(
            service, found, f"Work in the demo catalog as its owner, {DEMO_EMAIL}", (_DEMO_OWNER, DEMO_TENANT, wish)
        )
    return found


def welcome_url(settings: Settings, token: str) -> str:
    """Return the address at which a browser on this machine chooses a password by a link."""
    return f"{base_url(settings)}/dashboard/welcome/{token}"


async def _add(service: Service, found: list[FirstLink], purpose: str, who: tuple[str, str, NewUser]) -> None:
    # Another machine may be about to make the same user, or an owner has used the e-mail for another one.
    with suppress(UserExistsError):
        invitation = await service.users.first_link(*who, FIRST_SECONDS)
        if invitation is not None:
            found.append(FirstLink(purpose, welcome_url(service.settings, invitation.token)))

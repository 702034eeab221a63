"""Links for the first people: made anew at each start until somebody has used them."""

from __future__ import annotations

import apsw
import pytest

from facetry.application.tenants import NewTenant
from facetry.application.users import NewUser, Welcome
from facetry.bootstrap.demo import DEMO_TENANT
from facetry.bootstrap.first_links import DEMO_EMAIL, FIRST_SECONDS, first_links
from facetry.bootstrap.service import open_service
from facetry.domain.account_errors import LinkExpiredError
from facetry.domain.errors import StoreVersionError
from facetry.domain.user import Role
from facetry.settings import Settings

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"


def token(link):
    base, _, found = link.url.rpartition("/")
    assert base == "http://127.0.0.1:8080/dashboard/welcome"
    return found


@pytest.fixture
async def service(anyio_backend, tmp_path):
    async with open_service(Settings(data=tmp_path, store="memory:", demo=True)) as service:
        await service.tenants.create(NewTenant(name="Demo", id=DEMO_TENANT))
        yield service


async def test_the_operator_and_the_owner_of_the_demo_get_links_until_they_are_used(service):
    first = await first_links(service)
    second = await first_links(service)
    purposes = ["Choose the operator's e-mail and password", f"Work in the demo catalog as its owner, {DEMO_EMAIL}"]
    assert [link.purpose for link in second] == purposes
    for old in first:
        with pytest.raises(LinkExpiredError):
            await service.users.by_link(token(old))
    operator, owner = [await service.users.by_link(token(link)) for link in second]
    assert (operator.tenant, operator.role, owner.tenant, owner.role) == ("", Role.OPERATOR, DEMO_TENANT, Role.OWNER)
    assert operator.link_expires == pytest.approx(service.clock.now() + FIRST_SECONDS, abs=60)
    await service.users.accept(token(second[0]), Welcome(password=PASSWORD, email="op@example.com"))
    (left,) = await first_links(service)
    await service.users.accept(token(left), Welcome(password=PASSWORD))
    assert await first_links(service) == []


async def test_whoever_comes_first_by_another_way_needs_no_link(service):
    for tenant, email, role in (("", "op@example.com", Role.OPERATOR), (DEMO_TENANT, "a@example.com", Role.OWNER)):
        invitation = await service.users.invite(tenant, NewUser(email=email, role=role))
        await service.users.accept(invitation.token, Welcome(password=PASSWORD))
    assert await first_links(service) == []


async def test_a_server_does_not_start_on_accounts_of_a_newer_version(tmp_path):
    async with open_service(Settings(data=tmp_path)) as service:
        await service.users.list("")
    connection = apsw.Connection(str(tmp_path / "accounts.sqlite"))
    connection.execute("PRAGMA user_version = 99").fetchall()
    connection.close()
    with pytest.raises(StoreVersionError, match="accounts were written by a newer version"):
        async with open_service(Settings(data=tmp_path)):
            pass


async def test_an_e_mail_that_is_taken_leaves_the_demo_to_its_users(service):
    await service.users.invite(DEMO_TENANT, NewUser(email=DEMO_EMAIL, role=Role.VIEWER))
    assert [link.purpose[:6] for link in await first_links(service)] == ["Choose"]

"""A running demo, with people of every role who work in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from facetry.application.sign_ins import Browser, SignedIn
from facetry.application.users import NewUser, Welcome
from facetry.bootstrap.service import Service
from facetry.cli.options import with_service
from facetry.dashboard.cookies import PATH, SESSION
from facetry.domain.user import Role
from facetry.settings import Settings
from tests.dashboard.browser.windows import Window
from tests.dashboard.places import Place, path_of
from tests.program import HOST, Program, new_tenant, wait_until

TENANT: Final = "demo"
PASSWORD: Final = "pearls before breakfast"
T = TypeVar("T")
Call = Callable[[str, str, Any], tuple[int, Any]]


class House:
    """The server's address, and people who sign in there."""

    def __init__(self, server: Program) -> None:
        self.server = server
        self.url = f"http://{HOST}:{server.port}"
        self.keys = keys_printed(server.output)
        self._cookies: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        for role in Role:
            self.add_user(email_of(role.value), role, "" if role is Role.OPERATOR else TENANT)
        self._import()

    def _import(self) -> None:
        """Have a file imported, so that there is an import to look at, with a row that was rejected."""
        rows = ['{"sku": "HOUSE-1", "name": "Piece of the house"}', '{"sku": "HOUSE-2", "quantity": "many"}']
        headers = {"authorization": f"Bearer {self.keys['apiKey']}", "content-type": "application/x-ndjson"}
        with self.server.connect() as connection:
            made = connection("POST", "/v2/imports?name=house.ndjson", "\n".join(rows).encode(), headers)
        assert made.status == 201, made

    def add_user(self, email: str, role: Role, tenant: str = TENANT) -> None:
        """Have a user who may sign in."""
        wish = NewUser(email=email, name=f"{role.value.title()} of {tenant or 'all'}", role=role)

        async def begin(service: Service) -> SignedIn:
            invitation = await service.users.invite(tenant, wish)
            user = await service.users.accept(invitation.token, Welcome(password=PASSWORD))
            return await service.sign_ins.begin(user, Browser("127.0.0.1", "a browser from before"))

        signed_in = aside(lambda: with_service(Settings(data=self.server.data), begin))
        self._cookies[email] = signed_in.cookie

    def shop(self, tenant: str, owner: str) -> Call:
        """Make another tenant with an owner, and return what calls ``/v2`` for it."""
        made = aside(lambda: new_tenant(self.server.data, tenant.title(), "--id", tenant))
        self.add_user(owner, Role.OWNER, tenant)
        return lambda method, path, fields: self.v2(method, path, fields, made["apiKey"])

    def state(self, who: str) -> Any:
        """Return the cookies of somebody who has signed in: the role of a user of the demo, or an e-mail."""
        value = self._cookies[who if "@" in who else email_of(who)]
        place = {"domain": HOST, "path": PATH, "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
        return {"cookies": [{"name": SESSION, "value": value, **place}], "origins": []}

    def path_of(self, place: Place, window: Window) -> str:
        """Return where a page is, found once; the demo has something of everything."""
        if place.name not in self._paths:
            path = path_of(place, window.read)
            assert path is not None, f"nothing at {place.path} leads to {place.links}"
            self._paths[place.name] = path
        return self._paths[place.name]

    def v2(self, method: str, path: str, fields: Any = None, key: str = "") -> tuple[int, Any]:
        """Call ``/v2`` as a program does, with the demo's API key where no other is given."""
        with self.server.connect() as connection:
            reply = connection(method, path, fields, {"authorization": f"Bearer {key or self.keys['apiKey']}"})
        return reply.status, reply.json if reply.body else None


def aside(work: Callable[[], T]) -> T:
    """Do something in a thread of its own: the loop that drives the browser takes this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def email_of(role: str) -> str:
    """Return by which e-mail somebody of a role signs in."""
    return f"{role}@example.com"


def keys_printed(output: str) -> dict[str, str]:
    """Return the keys that the start of a demo prints."""
    named = {"API key": "apiKey", "access key": "accessKey", "search key": "searchKey"}
    lines = [line.strip() for line in output.splitlines()]
    found = {named[name]: line.removeprefix(name).strip() for line in lines for name in named if line.startswith(name)}
    assert len(found) == len(named), output
    return found


def sign_in(window: Window, email: str, password: str = PASSWORD) -> None:
    """Sign in, whoever was signed in before."""
    window.open("/dashboard/sign-in")
    window.page.locator("input[name=email]").fill(email)
    window.page.locator("input[type=password]").fill(password)
    window.page.locator("main form button[type=submit]").first.click()
    window.page.wait_for_url(lambda url: "sign-in" not in url)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Serve a demo from a folder."""
    with Program(folder / "data", "--demo") as server:
        wait_until(lambda: "x-access-token" in server.output)
        yield House(server)

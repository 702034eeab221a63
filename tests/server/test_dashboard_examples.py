"""The examples that the dashboard shows, run as they are shown, against the server that shows them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from facetry.application.sign_ins import Browser
from facetry.application.users import NewUser, Welcome
from facetry.cli.options import with_service
from facetry.dashboard.cookies import SESSION
from facetry.domain.user import Role
from facetry.settings import Settings
from tests.api.server import product

TOOLS = {"curl": ("sh", ".sh"), "Python": (sys.executable, ".py"), "PHP": ("php", ".php"), "Node": ("node", ".js")}
NEEDED = {"curl": "curl", "Python": sys.executable, "PHP": "php", "Node": "node"}


@pytest.fixture(scope="module")
def examples(server, tenant, token):
    """Return what reads the examples of an API from its page, by tool, as an owner who copies them."""
    with server.connect(token) as shop:
        assert shop.post(product("R-1", "rings", name="Gold ring")).json["success"]

    async def begin(service):
        invited = await service.users.invite(tenant["id"], NewUser(email="o@x.example", name="O", role=Role.OWNER))
        user = await service.users.accept(invited.token, Welcome(password="a long enough password"))
        return await service.sign_ins.begin(user, Browser("127.0.0.1", "tests"))

    cookie = with_service(Settings(data=server.data), begin).cookie

    def read(api):
        with server.connect() as connection:
            page = connection.get(f"/dashboard/account/api/examples?api={api}&show=1", cookie=f"{SESSION}={cookie}")
        document = BeautifulSoup(page.body, "html.parser")
        titles = [one.get_text(strip=True) for one in document.select(".card h2")]
        return dict(zip(titles, [one.get_text() for one in document.select("pre.code")], strict=True))

    return read


@pytest.mark.parametrize("api", ["catalog", "client", "native"])
@pytest.mark.parametrize("tool", list(TOOLS))
def test_an_example_runs_as_it_is_shown(examples, tmp_path, api, tool):
    if shutil.which(NEEDED[tool]) is None:
        pytest.skip(f"{tool} is not installed")
    program, ending = TOOLS[tool]
    file = tmp_path / f"example{ending}"
    file.write_text(examples(api)[tool], "utf-8")
    ran = subprocess.run([program, str(file)], capture_output=True, text=True, check=False, timeout=30)
    assert (ran.returncode, ran.stderr) == (0, "")
    answer = json.loads(ran.stdout)
    assert _found(api, answer) == "Gold ring"


def _found(api, answer):
    """Return the name of the first thing that an answer of an API holds."""
    match api:
        case "catalog":
            return answer["hits"]["hits"][0]["_source"]["name"]
        case "client":
            return answer["data"][0]["title"]
    return answer["hits"][0]["group"]["name"]

"""The published conversations of the Client API, each with a server of its own on every store."""

import json
from pathlib import Path

import pytest

from facetry.domain.tenant import HttpsRule
from tests.api.server import Server
from tests.contract.client_api.conversation import Shop

FOLDER = Path(__file__).parent


def conversations():
    """Yield each case of each file, named by the file and the case's number."""
    for file in sorted(FOLDER.glob("*.json")):
        for number, case in enumerate(json.loads(file.read_text("utf-8"))["cases"]):
            yield pytest.param(case, id=f"{file.stem}-{number}")


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", list(conversations()))


@pytest.fixture
async def shop(stored, anyio_backend):
    """Return a shop with its access key, whose server a case may set up."""
    server = Server(**stored, https=HttpsRule.AUTO)
    made, _ = await server.add_tenant("Shop", id="shop", access_key="KEY-OF-SHOP")
    return Shop(server, made)

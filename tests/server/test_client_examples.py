"""What the documentation of the Client API shows works as it stands: every command, against a real server."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from urllib.parse import urlencode

import pytest

from tests.program import HOST, new_tenant
from tests.support import ROOT

FIRST, LAST = "_import", "_delete"
"""Actions whose names end so come first, and last: samples speak of what the first ones have made."""

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture
def account(server):
    """Return the key of a new tenant."""
    return new_tenant(server.data)["accessKey"]


def ran(server, key, command):
    """Run a command as a reader of the documentation does, and return what it prints."""
    script = f"URL=http://{HOST}:{server.port}\nKEY={key}\n{command}"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def shown_actions(server):
    """Return command and answer of each action on the page, by its name, in an order that makes sense."""
    with server.connect() as connection:
        page = connection.get("/docs/client").body.decode()
    blocks = re.findall(r'<details [^>]*id="([a-z_]+)".*?</details>', page, re.DOTALL)
    bodies = re.findall(r"<details .*?</details>", page, re.DOTALL)
    found = {}
    for name, body in zip(blocks, bodies, strict=True):
        shown = dict(re.findall(r"<h4>(\w+)</h4>\s*<pre>(.*?)</pre>", body, re.DOTALL))
        found[name] = (html.unescape(shown["Call"]), json.loads(html.unescape(shown["Answer"])))
    return dict(sorted(found.items(), key=lambda item: (not item[0].endswith(FIRST), item[0].endswith(LAST))))


def test_every_call_of_the_page_works_as_it_stands(server, account):
    actions = shown_actions(server)
    assert len(actions) >= 22
    # Some samples speak of a second product.
    assert ran(server, account, SECOND)["product"]["id"] == 1
    for name, (command, answer) in actions.items():
        told = ran(server, account, command)
        assert told["status"] == answer["status"] == {"code": 100, "message": "OK"}, (name, told)
        if told["data"]:
            assert answer["data"][0].keys() <= told["data"][0].keys(), name
        else:
            # It chooses by a status that nothing has here.
            assert name == "orders_export"


SECOND = """curl -s "$URL/client/V1/" -d "auth=$KEY" -d action=product_import \\
  --data-urlencode 'data={"sku": "R-1002", "title": "Band", "type": "ring", "quantity": 3}'"""


def test_the_example_of_the_guide_works_as_it_stands(server, account):
    guide = (ROOT / "docs" / "client-api.md").read_text("utf-8")
    commands = [block for block in re.findall(r"```sh\n(.*?)```", guide, re.DOTALL) if "curl" in block]
    assert len(commands) == 1
    (answer,) = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)[:1]
    assert "product" in ran(server, account, SECOND.replace("R-1002", "R-1"))
    assert ran(server, account, commands[0].replace("https://shop.example", "$URL")) == json.loads(answer)


def test_a_list_that_fails_in_part_is_told_as_the_guide_shows(server, account):
    guide = (ROOT / "docs" / "client-api.md").read_text("utf-8")
    shown = json.loads(re.findall(r"```json\n(.*?)```", guide, re.DOTALL)[1])
    for number in range(1, 7):
        ran(server, account, SECOND.replace("R-1002", f"R-{number}"))
    data = [{"sku": "R-7", "title": "Band", "type": "ring"}, {"sku": "R-8", "type": "ring"}]
    fields = {"auth": account, "action": "product_import", "data": json.dumps(data)}
    with server.connect() as connection:
        told = connection.get(f"/client/V1/?{urlencode(fields)}").json
    assert told["status"] == shown["status"]
    assert [one["result"] for one in told["data"]] == [one["result"] for one in shown["data"]]
    assert {name: told["data"][0][name] for name in shown["data"][0]} == shown["data"][0]
    assert told["data"][1] == shown["data"][1]

"""The documentation of the Client API: complete, offline, and in step with the actions."""

import html
import json
import re
import shutil
import subprocess

import pytest

from facetry.api.client.action import Category, DataNeed, FieldNote
from facetry.api.client.actions import Actions
from facetry.api.client.codes import MESSAGES
from facetry.api.client.documentation import curl_of, page
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.tenant import Scope
from tests.api.client_actions import action_of, echo
from tests.api.server import Server

pytestmark = pytest.mark.anyio

SHELL = shutil.which("sh")


@pytest.fixture
async def text(server):
    answer = await server.call("GET", "/docs/client")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    return answer.body.decode()


async def test_everything_that_the_page_asks_for_is_here(server, text):
    wanted = {link for link in re.findall(r'(?:src|href)="([^"]+)"', text) if not link.startswith(("data:", "#"))}
    assert "/docs/static/client.css" in wanted
    for path in wanted:
        assert path.startswith("/docs")
        assert (await server.call("GET", path)).status == 200
    assert " style=" not in text
    assert "<script" not in text


async def test_every_action_and_every_code_is_there(text):
    names = re.findall(r'<details [^>]*id="([a-z_]+)"', text)
    known = [action.name for action in Server().client_actions]
    assert sorted(names) == sorted(known)
    assert len(set(names)) == len(names)
    for code, message in MESSAGES.items():
        assert f"<tr><td>{int(code)}</td><td>{message}</td>" in text
    for name in names:
        assert f'href="#{name}"' in text


async def test_names_stand_as_code(text):
    assert "`" not in re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)
    assert "with its <code>product_id</code>." in text


def described():
    return list(Server().client_actions)


@pytest.mark.parametrize("action", described(), ids=lambda action: action.name)
def test_each_action_says_what_it_is(action):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", action.name)
    assert action.about.endswith(".")
    assert action.answer is not None
    json.dumps([action.sample, action.answer])
    assert (action.sample is None) is (action.need is DataNeed.NONE)
    names = [field.name for field in action.fields]
    assert len(set(names)) == len(names)
    assert bool(names) is (action.need is not DataNeed.NONE)
    for field in action.fields:
        assert field.about.endswith("."), field
        assert field.type


def test_what_is_shown_of_an_action():
    action = action_of(
        echo,
        "echo_import",
        Scope.WRITE,
        need=DataNeed.MANDATORY,
        aliases=("echo_add",),
        fields=(FieldNote("a<b", "text", "It's <one>.", is_required=True), FieldNote("c", "number", "Two.")),
        sample={"sku": "it's <é>"},
        answer=[{"id": 1}],
    )
    text = page(Actions([action]), {"echo_import": Bucket(7, 0.5)})
    assert f'<h2 class="opblock-tag">{Category.PRODUCTS.value}</h2>' in text
    assert Category.ORDERS.value not in text
    assert (
        "<code>data</code>: mandatory; scope: <code>write</code>; limited: 7 calls at once, then 0.5 a second" in text
    )
    assert "also called <code>echo_add</code>." in text
    assert "<code>a&lt;b</code> <b>required</b></td><td>text</td><td>It&#x27;s &lt;one&gt;.</td>" in text
    shown = [html.unescape(block) for block in re.findall(r"<pre>(.*?)</pre>", text, re.DOTALL)]
    assert json.loads(shown[0]) == {"sku": "it's <é>"}
    assert shown[1] == curl_of(action)
    assert json.loads(shown[2]) == {"status": {"code": 100, "message": "OK"}, "data": [{"id": 1}]}


@pytest.mark.skipif(SHELL is None, reason="there is no sh")
def test_a_sample_of_a_call_is_a_command():
    action = action_of(echo, "echo_import", need=DataNeed.MANDATORY, sample={"sku": 'it\'s "x" & $HOME #é'})
    found = action_of(echo, "echo_search", need=DataNeed.OPTIONAL, sample={"sku": "x"})
    bare = action_of(echo, "echo_fields", need=DataNeed.NONE)
    commands = [curl_of(one) for one in (action, found, bare)]
    script = 'curl() { printf "%s\\n" "$@" --; }\nURL=http://h KEY=k\n' + "\n".join(commands)
    said = subprocess.run([SHELL, "-c", script], check=True, capture_output=True, text=True).stdout.split("\n")
    end = said.index("--")
    assert said[:6] == [
        "http://h/client/V1/",
        "--data-urlencode",
        "auth=k",
        "-d",
        "action=echo_import",
        "--data-urlencode",
    ]
    assert json.loads(said[6].removeprefix("data=")) == action.sample
    assert said[end + 1 : end + 3] == ["-G", "http://h/client/V1/"]
    assert said[-6:] == ["--data-urlencode", "auth=k", "-d", "action=echo_fields", "--", ""]


def test_no_two_actions_have_one_name():
    names = [name for action in described() for name in (action.name, *action.aliases)]
    assert len(set(names)) == len(names)

"""The texts of examples: for each API and each tool one that runs as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

APIS = ("catalog", "client", "native")
"""Which APIs there are examples of."""


class Values(NamedTuple):
    """What is a tenant's own in an example.

    Attributes:
        base_url: Of the server, without a slash at the end.
        customer_id: The tenant's id.
        api_key: Opens the Catalog API and ``/v2``.
        access_key: Opens the Client API.
    """

    base_url: str
    customer_id: str
    api_key: str
    access_key: str


_PLACES = re.compile(f"<({'|'.join(Values._fields)})>")


def example(api: str, tool: str, values: Values) -> str:
    """Return a program for one of ``APIS`` and one of ``TOOLS``."""
    quoted, texts = TOOLS[tool]
    text = _PLACES.sub(lambda place: quoted(getattr(values, place[1])), texts[api])
    return text.strip() + "\n"


def _in_shell(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _in_php(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _in_javascript(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


_CURL = {
    "catalog": """
BASE=<base_url>

TOKEN=$(curl -sS "$BASE/admin/v1/customers/login" \\
  --data-urlencode id=<customer_id> \\
  --data-urlencode apiKey=<api_key> | sed -E 's/.*"token":"([^"]*)".*/\\1/')

curl -sS -G "$BASE/search/v1/search" \\
  -H "x-access-token: $TOKEN" \\
  --data-urlencode q='gold ring' \\
  -d size=3
""",
    "client": """
BASE=<base_url>

curl -sS -G "$BASE/client/V1/" \\
  --data-urlencode auth=<access_key> \\
  -d action=product_search \\
  --data-urlencode data='{"price_to": 2000, "fields": "title,price"}'
""",
    "native": """
BASE=<base_url>

curl -sS -G "$BASE/v2/search" \\
  -H "Authorization: Bearer "<api_key> \\
  --data-urlencode q='gold ring' \\
  --data-urlencode filter='price < 2000' \\
  -d facets=brand,color -d limit=3
""",
}
_PYTHON = {
    "catalog": """
import json
from urllib.parse import urlencode
from urllib.request import Request, urlopen

BASE = <base_url>


def call(path, headers=None, form=None):
    body = urlencode(form).encode() if form else None
    with urlopen(Request(BASE + path, body, headers or {})) as answer:
        return json.load(answer)


login = {"id": <customer_id>, "apiKey": <api_key>}
token = call("/admin/v1/customers/login", form=login)["token"]
query = urlencode({"q": "gold ring", "size": 3})
print(json.dumps(call("/search/v1/search?" + query, {"x-access-token": token})))
""",
    "client": """
import json
from urllib.parse import urlencode
from urllib.request import urlopen

BASE = <base_url>

form = {
    "auth": <access_key>,
    "action": "product_search",
    "data": json.dumps({"price_to": 2000, "fields": "title,price"}),
}
with urlopen(BASE + "/client/V1/", urlencode(form).encode()) as answer:
    print(json.dumps(json.load(answer)))
""",
    "native": """
import json
from urllib.request import Request, urlopen

BASE = <base_url>

search = {"q": "gold ring", "filter": "price < 2000", "facets": ["brand", "color"], "limit": 3}
headers = {"Authorization": "Bearer " + <api_key>, "Content-Type": "application/json"}
with urlopen(Request(BASE + "/v2/search", json.dumps(search).encode(), headers)) as answer:
    print(json.dumps(json.load(answer)))
""",
}
_PHP = {
    "catalog": """
<?php
$base = <base_url>;

function call(string $url, array $options = []): array
{
    return json_decode(file_get_contents($url, false, stream_context_create(['http' => $options])), true);
}

$login = call("$base/admin/v1/customers/login", [
    'method' => 'POST',
    'header' => 'Content-Type: application/x-www-form-urlencoded',
    'content' => http_build_query(['id' => <customer_id>, 'apiKey' => <api_key>]),
]);
$query = http_build_query(['q' => 'gold ring', 'size' => 3]);
$found = call("$base/search/v1/search?$query", ['header' => "x-access-token: {$login['token']}"]);
echo json_encode($found), PHP_EOL;
""",
    "client": """
<?php
$base = <base_url>;

$form = [
    'auth' => <access_key>,
    'action' => 'product_search',
    'data' => json_encode(['price_to' => 2000, 'fields' => 'title,price']),
];
$answer = file_get_contents("$base/client/V1/", false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => 'Content-Type: application/x-www-form-urlencoded',
    'content' => http_build_query($form),
]]));
echo $answer, PHP_EOL;
""",
    "native": """
<?php
$base = <base_url>;

$search = ['q' => 'gold ring', 'filter' => 'price < 2000', 'facets' => ['brand', 'color'], 'limit' => 3];
$answer = file_get_contents("$base/v2/search", false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => ['Content-Type: application/json', 'Authorization: Bearer ' . <api_key>],
    'content' => json_encode($search),
]]));
echo $answer, PHP_EOL;
""",
}
_NODE = {
    "catalog": """
const base = <base_url>;

async function main() {
  const login = await fetch(`${base}/admin/v1/customers/login`, {
    method: "POST",
    body: new URLSearchParams({ id: <customer_id>, apiKey: <api_key> }),
  });
  const { token } = await login.json();
  const query = new URLSearchParams({ q: "gold ring", size: 3 });
  const found = await fetch(`${base}/search/v1/search?${query}`, { headers: { "x-access-token": token } });
  console.log(JSON.stringify(await found.json()));
}

main();
""",
    "client": """
const base = <base_url>;

async function main() {
  const answer = await fetch(`${base}/client/V1/`, {
    method: "POST",
    body: new URLSearchParams({
      auth: <access_key>,
      action: "product_search",
      data: JSON.stringify({ price_to: 2000, fields: "title,price" }),
    }),
  });
  console.log(JSON.stringify(await answer.json()));
}

main();
""",
    "native": """
const base = <base_url>;

async function main() {
  const answer = await fetch(`${base}/v2/search`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer " + <api_key> },
    body: JSON.stringify({ q: "gold ring", filter: "price < 2000", facets: ["brand", "color"], limit: 3 }),
  });
  console.log(JSON.stringify(await answer.json()));
}

main();
""",
}
TOOLS: Mapping[str, tuple[Callable[[str], str], Mapping[str, str]]] = {
    "curl": (_in_shell, _CURL),
    "Python": (repr, _PYTHON),
    "PHP": (_in_php, _PHP),
    "Node": (_in_javascript, _NODE),
}
"""By what runs them: how a text is written there, and the examples by API."""

"""Programs as merchants write them, in the languages that are installed, against a real server."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.program import new_tenant

NODE = """
const [url, key] = process.argv.slice(1);
async function post(fields) {
  const answer = await fetch(url + '/client/V1/', {method: 'POST', body: new URLSearchParams(fields)});
  console.log(JSON.stringify(await answer.json()));
}
async function get(target) { console.log(JSON.stringify(await (await fetch(url + target)).json())); }
(async () => {
  await post({auth: key, action: 'product_import',
    data: JSON.stringify({catalog_code: 'N1', title: 'Ring & "band"', type: 'ring', not_for_sale: '0', price: '100'})});
  await get(`/client/V1?auth=${key}&action=product_update&data={"sku":"N1","title":"Node+ring","quantity":"7"}`);
  await get(`/client/V1/?auth=${key}&action=product_search&data={"sku":"N1","fields":["sku","title","quantity"]}`);
})().catch(error => { console.error(error); process.exit(1); });
"""
PHP = """
[, $url, $key] = $argv;
function call($url, $fields) {
  $curl = curl_init("$url/client/V1/");
  curl_setopt_array($curl, [CURLOPT_POST => 1, CURLOPT_POSTFIELDS => $fields, CURLOPT_RETURNTRANSFER => 1]);
  echo curl_exec($curl), "\\n";
}
call($url, ['auth' => $key, 'action' => 'product_import',
  'data' => json_encode(['catalog_code' => 'N1', 'title' => 'Ring & "band"', 'type' => 'ring', 'price' => '100'])]);
call($url, http_build_query(['auth' => $key, 'action' => 'product_update',
  'data' => json_encode(['sku' => 'N1', 'title' => 'Node ring', 'quantity' => '7'])]));
call($url, ['auth' => $key, 'action' => 'product_search',
  'data' => json_encode(['sku' => 'N1', 'fields' => ['sku', 'title', 'quantity']])]);
"""
PYTHON = """
import json, sys
import requests
url, key = sys.argv[1:]
def say(answer):
    print(json.dumps(answer.json()))
record = {"catalog_code": "N1", "title": 'Ring & "band"', "type": "ring", "not_for_sale": "0", "price": "100"}
say(requests.post(url + "/client/V1", data={"auth": key, "action": "product_import", "data": json.dumps(record)}))
update = {"sku": "N1", "title": "Node ring", "quantity": 7}
say(requests.post(url + "/client/V1/", json={"auth": key, "action": "product_update", "data": update}))
wish = {"action": "product_search", "data": json.dumps({"sku": "N1", "fields": ["sku", "title", "quantity"]})}
say(requests.get(url + "/client/V1/", params=wish, headers={"Authorization": "Bearer " + key}))
"""
PROGRAMS = {"node": (NODE, "-e"), "php": (PHP, "-r"), "python": (PYTHON, "-c")}


def interpreter(language):
    if language != "python":
        return shutil.which(language)
    has_requests = subprocess.run([sys.executable, "-c", "import requests"], capture_output=True, check=False)
    return sys.executable if has_requests.returncode == 0 else None


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program(server, language):
    found = interpreter(language)
    if found is None:
        pytest.skip(f"{language} is not installed")
    source, flag = PROGRAMS[language]
    key = new_tenant(server.data)["accessKey"]
    command = [found, flag, source, f"http://127.0.0.1:{server.port}", key]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    imported, updated, shown = map(json.loads, ran.stdout.splitlines())
    assert [answer["status"]["code"] for answer in (imported, updated, shown)] == [100, 100, 100]
    assert imported["product"]["id"] == imported["data"][0]["product_id"] == 1
    assert shown["data"] == [{"product_id": 1, "sku": "N1", "title": "Node ring", "quantity": 7}]

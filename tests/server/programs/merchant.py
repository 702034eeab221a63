"""A merchant's program on Python: forms and JSON bodies by requests."""

import json
import sys

import requests

_, port, key = sys.argv
URL = f"http://127.0.0.1:{port}/client/V1/"
WANTED = {"sku": "PY1", "fields": ["title", "price", "quantity", "not_for_sale"]}


def form(action, data):
    return requests.post(URL, data={"auth": key, "action": action, "data": json.dumps(data)}, timeout=9)


def body(action, data):
    return requests.post(URL, json={"auth": key, "action": action, "data": data}, timeout=9)


def upload(action, data):
    """Call by a multipart form, the data in a file."""
    fields = {"auth": key, "action": action}
    return requests.post(URL, data=fields, files={"data": ("data.json", json.dumps(data))}, timeout=9)


product = {"catalog_code": "PY1", "title": 'Python ring & "band"', "type": "ring", "not_for_sale": "0", "price": "100"}
for answer in (
    form("product_import", {**product, "quantity": "5"}),
    body("product_search", WANTED),
    upload("product_update", {"sku": "PY1", "title": "Python ring 2", "tags": ["ring", "new"]}),
    form("product_sold", {"sku": "PY1", "quantity": "2"}),
    body("product_search", WANTED),
):
    sys.stdout.write(answer.text.strip() + "\n")

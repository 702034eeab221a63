"""Programs as merchants write them, in four languages: each brings in, finds, changes and sells a product."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).with_name("programs")
LANGUAGES = {
    "Node": ("node", "merchant.js", "JS1"),
    "PHP": ("php", "merchant.php", "PHP1"),
    "Python": (sys.executable, "merchant.py", "PY1"),
    "Shell": ("sh", "merchant.sh", "SH1"),
}
SECONDS = 30


def run(language, *arguments):
    """Run a program and return the JSON of each line that it prints."""
    interpreter, file, _ = LANGUAGES[language]
    for needed in (interpreter, "curl" if language == "Shell" else interpreter):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    command = [interpreter, PROGRAMS / file, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_program_of_a_merchant(server, tenant, shop, language):
    sku = LANGUAGES[language][2]
    imported, found, updated, sold, last = run(language, server.port, tenant["accessKey"])
    for answer in (imported, found, updated, sold, last):
        assert answer["status"] == {"code": 100, "message": "OK"}, answer
    number = imported["product"]["id"]
    record = {"product_id": number, "sku": sku, "price": 100, "not_for_sale": False}
    assert imported["data"] == [imported["product"]]
    assert imported["product"]["title"] == f'{language} ring & "band"'
    assert found["data"] == [{**record, "title": f'{language} ring & "band"', "quantity": 5}]
    assert updated["product"]["title"] == f"{language} ring 2"
    assert updated["product"]["tags"] == ["ring", "new"]
    assert sold["data"] == [{"product_id": number, "sku": sku, "left": 3, "listings": [], "repeated": False}]
    assert last["data"] == [{**record, "title": f"{language} ring 2", "quantity": 3}]
    assert shop.product(sku).json["name"] == f"{language} ring 2"
    assert shop.total(language) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_program_with_a_wrong_key_is_told_so(server, language):
    answers = run(language, server.port, "no-such-key")
    assert [answer["status"]["code"] for answer in answers] == [102] * 5
    assert [answer["data"] for answer in answers] == [[]] * 5

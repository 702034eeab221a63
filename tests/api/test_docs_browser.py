"""The documentation page as a browser shows it, with scripts and styles under its own content security policy."""

import re
import shutil
import subprocess

import pytest

from facetry.api.catalog.openapi import openapi_document
from facetry.api.native.openapi import openapi_document as native_document
from tests.support import require


@pytest.mark.parametrize(
    ("target", "document"),
    [("/docs#/Products/storeProduct", openapi_document("1")), ("/docs?api=v2#/Search/search", native_document("1"))],
    ids=["catalog", "native"],
)
def test_the_page_shows_every_operation_and_asks_no_other_server(served_shop, tmp_path, target, document):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    require("browser", browser, "no Chromium is installed")
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--enable-logging=stderr"]
    # Any name but the server's own leads nowhere, so a request to another server would be an error in the log.
    options += [
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "--virtual-time-budget=10000",
        "--dump-dom",
    ]
    # Opened at one operation, so that its forms and examples are drawn too.
    page = f"http://127.0.0.1:{served_shop.port}{target}"
    shown = subprocess.run([browser, *options, page], capture_output=True, text=True, timeout=100, check=True)
    described = sum(len(operations) - ("parameters" in operations) for operations in document["paths"].values())
    blocks = re.findall(r'class="opblock opblock-(?:get|post|put|patch|delete)(?: is-open)?"', shown.stdout)
    assert len(blocks) == described
    assert "opblock-post is-open" in shown.stdout
    assert "Content Security Policy" not in shown.stderr
    assert ":CONSOLE" not in shown.stderr

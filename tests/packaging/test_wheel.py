"""The wheel works where nothing of the clone is: an empty environment, another folder."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.support import ROOT, SOURCE

pytestmark = [
    # Installing is fast, but a machine that has nothing in pip's cache waits for the network.
    pytest.mark.timeout(300),
]

READY_SECONDS = 60


def run(*command, cwd):
    """Run a command outside the clone and return what it prints."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment(cwd), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def environment(home):
    """Return this environment without anything that would find the clone; caches go to a folder of the test."""
    foreign = ("COVERAGE_", "FACETRY_", "NUMBA_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "XDG_CACHE_HOME": str(home / "cache"), "XDG_DATA_HOME": str(home / "data")}


def pip(python, *arguments, cwd):
    """Run pip with the cache of this user, so that a second run needs no download."""
    command = [sys.executable, "-m", "pip", "cache", "dir"]
    cache = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    quiet = ["--disable-pip-version-check", "--quiet", "--cache-dir", cache]
    return run(python, "-m", "pip", *quiet, *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def wheel(folder):
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", ROOT, cwd=folder)
    (built,) = (folder / "dist").glob("facetry-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(folder, wheel):
    """Install the wheel and what it runs on in an empty environment, and return the folder of its commands."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    locked = ROOT / "requirements" / "runtime.txt"
    pip(python, "install", "--require-hashes", "--no-compile", "--requirement", locked, cwd=folder)
    pip(python, "install", "--no-deps", "--no-compile", wheel, cwd=folder)
    return python.parent


@pytest.fixture(scope="module")
def server(folder, installed):
    with serving(folder, installed) as (address, printed):
        yield address, printed


@contextmanager
def serving(folder, commands):
    """Run the demo on a free port; yield its address and a function that returns what it has printed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    output = folder / "output.txt"
    command = [commands / "facetry", "serve", "--demo", "--host", "127.0.0.1", "--port", str(port)]
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [*command, "--data", folder / "catalog"],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(process, address, output)
            yield address, output.read_text
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=15) == 0, output.read_text()[-3000:]
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_until_ready(process, address, output):
    """Return when the server is ready; fail with what it printed when it is not in time."""
    for _ in range(READY_SECONDS * 10):
        assert process.poll() is None, output.read_text()[-3000:]
        try:
            if fetch(f"{address}/readyz")[0] == 200:
                return
        except URLError:
            pass
        time.sleep(0.1)
    pytest.fail(f"not ready in {READY_SECONDS} s:\n{output.read_text()[-3000:]}")


def fetch(url, **headers):
    """Return status, content type and body of an answer."""
    with urlopen(Request(url, headers=headers), timeout=30) as answer:
        return answer.status, answer.headers.get_content_type(), answer.read()


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"facetry", "-".join(wheel.name.split("-")[:2]) + ".dist-info"}
    assert "facetry/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    packaged = {name.removeprefix("facetry/") for name in names if name.startswith("facetry/")}
    kept = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".nbc", ".nbi"}
    }
    assert kept - packaged == set()


def test_the_ranges_of_the_wheel_allow_what_is_locked(folder, installed):
    assert pip(installed / "python", "check", cwd=folder) == ""
    found = run(installed / "python", "-c", "import facetry; print(facetry.__file__)", cwd=folder)
    assert found.startswith(str(folder))


def test_the_demo_is_ready_and_documented(server):
    address, _ = server
    assert fetch(f"{address}/healthz")[0] == 200
    status, kind, page = fetch(f"{address}/docs")
    assert (status, kind) == (200, "text/html")
    scripts = re.findall(rb"<(?:script|link)[^>]+(?:src|href)=[\"']([^\"']+)", page)
    assert scripts
    for script in scripts:
        link = urlsplit(script.decode())
        assert link.netloc == "", f"/docs loads {script.decode()} from elsewhere"
        if link.scheme != "data":
            assert fetch(f"{address}{link.path}")[0] == 200


def test_the_dashboard_comes_with_all_that_it_shows(server):
    address, _ = server
    status, kind, page = fetch(f"{address}/dashboard/sign-in", **{"accept-language": "de"})
    assert (status, kind) == (200, "text/html")
    assert b'<html lang="de"' in page
    assert b"Passwort" in page
    parts = re.findall(rb"<(?:script|link)[^>]+(?:src|href)=[\"'](/[^\"'#]+)", page)
    assert {path.split(b"?")[0].rpartition(b".")[2] for path in parts} >= {b"css", b"js"}
    assert [path for path in parts if fetch(f"{address}{path.decode()}")[0] != 200] == []


def test_the_demo_shows_a_picture_to_who_pastes_its_first_line(server):
    address, printed = server
    login = re.search(r"https?://\S+/login\?[^\s'\"]+", printed())
    assert login, printed()
    token = json.loads(fetch(login[0])[2])["token"]
    answer = json.loads(fetch(f"{address}/search/v1/search?q=ring", **{"x-access-token": token})[2])
    assert answer["hits"]["total"]["value"] > 0
    picture = answer["hits"]["hits"][0]["_source"]["images"][0]
    status, kind, body = fetch(f"{address}{urlsplit(picture).path}")
    assert (status, kind.split("/")[0]) == (200, "image")
    assert body


def test_compiled_kernels_are_kept_for_the_next_start(folder, server):
    assert server
    # The environment can be written here; where it cannot, the compiler turns to the user's cache folder.
    assert len(list((folder / "venv").rglob("*.nbi"))) > 10

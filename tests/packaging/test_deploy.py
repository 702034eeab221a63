"""What lies in deploy/: every setting that it names exists, every file is what the tools that read it understand."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from facetry.cli.main import app
from facetry.settings import Settings, load
from tests.support import require

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
VARIABLE = re.compile(r"\bFACETRY_([A-Z_]+)\b")
FILES = sorted(
    path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".json" and "__pycache__" not in path.parts
)
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def named(path):
    found = {match.lower() for match in VARIABLE.findall(path.read_text("utf-8"))}
    # What says where tests find servers is no setting.
    return {name for name in found if not name.startswith("test_")}


def tool(name):
    found = shutil.which(name)
    require("servers", found, f"{name} is not installed")
    return str(found)


def run(*command):
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_named_is_one(path):
    assert named(path) <= set(Settings.__struct_fields__)


def test_settings_of_the_compose_file_can_be_loaded():
    text = (DEPLOY / "docker/compose.yml").read_text("utf-8")
    given = dict(re.findall(r"^    (FACETRY_[A-Z_]+): (.*)$", text, re.MULTILINE))
    assert len(given) >= 6
    environment = {name: value.strip("\"'") for name, value in given.items() if not value.startswith("${")}
    settings = load({}, environment)
    assert settings.trusted_proxies == ("172.16.0.0/12",)
    assert settings.store.startswith("mongodb://")


def test_commands_of_the_files_exist():
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    for path in FILES:
        text = path.read_text("utf-8")
        started = re.findall(r"ExecStart=\S+/facetry (\w+)", text) + re.findall(r'^CMD \["(\w+)"\]', text, re.MULTILINE)
        assert set(started) <= known, path


def test_what_the_chart_installs_is_what_the_package_is():
    chart = (DEPLOY / "helm/facetry/Chart.yaml").read_text("utf-8")
    package = msgspec.toml.decode((DEPLOY.parent / "pyproject.toml").read_bytes())
    assert f'appVersion: "{package["project"]["version"]}"' in chart


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_units(unit):
    status, said = run(tool("systemd-analyze"), "verify", "--man=no", str(unit))
    # The program that a unit starts is not installed where this runs.
    faults = [line for line in said.splitlines() if "is not executable" not in line and unit.name in line]
    assert faults == [], status


def test_nginx_understands_its_configuration(tmp_path):
    text = (DEPLOY / "docker/nginx.conf").read_text("utf-8")
    # The names of the processes are known in the network of the compose file only.
    local = re.sub(r"server serve(\d):8080", r"server 127.0.0.\1:8080", text).replace(
        "/tmp/nginx.pid", str(tmp_path / "pid")
    )
    (tmp_path / "nginx.conf").write_text(local)
    status, said = run(tool("nginx"), "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"))
    assert status == 0, said

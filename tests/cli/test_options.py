"""What every command has in common: help, version, settings, exit statuses."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from facetry.cli.options import guarded
from tests.program import done, new_tenant, run, run_process

COMMANDS = [
    "import",
    "export",
    "verify",
    "repair",
    "compact",
    "rotate-master-key",
    "reindex",
    "backup",
    "restore",
    "serve",
    "bench",
]
TENANT_COMMANDS = ["create", "list", "rotate", "disable", "enable", "delete", "export", "import"]


def test_version():
    assert run("--version") == (0, f"facetry {version('facetry')}\n", "")


def test_a_process_prints_its_version():
    assert run_process("--version") == (0, f"facetry {version('facetry')}\n", "")


@pytest.mark.parametrize(
    "command", [[], ["tenant"], *([c] for c in COMMANDS), *(["tenant", c] for c in TENANT_COMMANDS)]
)
def test_help(command):
    out = done(*command, "--help").out
    assert f"Usage: facetry {' '.join(command)}".rstrip() in out
    if command not in ([], ["tenant"], ["bench"]):
        assert "--data" in out
        assert "--config" in out


def test_help_lists_every_command():
    assert all(f" {name} " in done("--help").out for name in [*COMMANDS, "tenant"])
    assert all(f" {name} " in done("tenant", "--help").out for name in TENANT_COMMANDS)


@pytest.mark.parametrize("command", [[], ["tenant"]])
def test_without_a_command_help_is_shown(command):
    outcome = run(*command)
    assert outcome.status == 2
    assert "Usage: facetry" in outcome.out + outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["tenant", "nonsense"],
        ["tenant", "create"],
        ["tenant", "create", "Shop", "--colour", "red"],
        ["import", "file.csv"],
        ["import", "file.csv", "--tenant", "t", "--format", "pdf"],
        ["export", "--tenant", "t"],
        ["backup"],
        ["serve", "--port", "many"],
    ],
)
def test_wrong_usage_is_explained(arguments):
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert "Usage: facetry" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("command", [["tenant", "list"], ["verify"], ["reindex"]])
def test_an_empty_directory_has_no_tenants(tmp_path, command):
    assert done(*command, "--json", "--data", tmp_path / "data").json in ([], {})


def test_an_unknown_variable_is_refused(tmp_path):
    outcome = run("tenant", "list", "--data", tmp_path / "data", env={"FACETRY_PORTS": "80"})
    assert outcome == (1, "", "facetry: unknown setting ports as variable FACETRY_PORTS; did you mean port?\n")
    assert not (tmp_path / "data").exists()


def test_an_unknown_setting_of_a_file_is_refused(tmp_path):
    file = tmp_path / "facetry.toml"
    file.write_text("databse = 1\n")
    outcome = run("tenant", "list", "--config", file, "--data", tmp_path / "data")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith(f"facetry: unknown setting databse in {file}")


@pytest.mark.parametrize("text", ["port = ", "port = 'x'", "\0"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, text):
    file = tmp_path / "facetry.toml"
    file.write_text(text)
    outcome = run("tenant", "list", "--config", file, "--data", tmp_path / "data")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.count("\n") == 1
    assert "setting" in outcome.err


def test_the_file_of_the_environment_is_read(tmp_path):
    file = tmp_path / "facetry.toml"
    file.write_text(f'data = "{tmp_path / "chosen"}"\n')
    done("tenant", "create", "Shop", env={"FACETRY_CONFIG": str(file)})
    assert (tmp_path / "chosen" / "catalog.sqlite3").exists()


def test_a_data_directory_is_private(tmp_path):
    new_tenant(tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    files = [path for path in (tmp_path / "data").iterdir() if path.is_file()]
    assert files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_missing_master_key_is_not_replaced_by_a_new_one(tmp_path):
    data = tmp_path / "data"
    new_tenant(data, "Shop", "--id", "shop")
    key = data / "master.key"
    kept = key.read_bytes()
    key.unlink()
    line = f"facetry: the master key {key} is missing: put its copy back, without it the stored keys cannot be read\n"
    assert run("tenant", "create", "Other", "--data", data) == (1, "", line)
    assert not key.exists()
    key.write_bytes(kept)
    assert [row["id"] for row in done("tenant", "list", "--json", "--data", data).json] == ["shop"]


def test_another_master_key_is_refused(tmp_path):
    data = tmp_path / "data"
    new_tenant(data, "Shop", "--id", "shop")
    outcome = run("tenant", "create", "Other", "--data", data, env={"FACETRY_MASTER_KEY": "cd" * 32})
    line = f"facetry: the master key is not the one that the keys in {data} were stored under\n"
    assert outcome == (1, "", line)
    assert len(done("tenant", "list", "--json", "--data", data).json) == 1


def test_the_memory_store_forgets(tmp_path):
    new_tenant(tmp_path / "data", "Shop", "--store", "memory:")
    assert done("tenant", "list", "--store", "memory:", "--json").json == []
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("flag", ["--store", "--search"])
def test_an_unknown_engine_is_refused(tmp_path, flag):
    outcome = run("tenant", "list", flag, "oracle:", "--data", tmp_path / "data")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith(f"facetry: setting {flag.removeprefix('--')}: no engine for 'oracle'; there is ")


def test_an_interrupt_is_no_trace(capsys):
    def interrupted():
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
    assert capsys.readouterr() == ("", "facetry: interrupted\n")

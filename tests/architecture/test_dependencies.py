"""Every package that is pinned may be used, by its licence; advisories are read rightly, and hold nobody up."""

import subprocess

import msgspec
import pytest

from tools import advisories, licences


def test_every_licence_is_allowed(capsys):
    assert licences.main() == 0
    assert capsys.readouterr().out.endswith("packages are allowed\n")


def test_what_ships_is_looked_at():
    names = licences.pinned((licences.REQUIREMENTS / "runtime.txt").read_text("utf-8"))
    found = dict(licences.installed(names))
    assert {"litestar": "MIT", "apsw": "Zlib", "cryptography": "Apache-2.0 OR BSD-3-Clause"}.items() <= found.items()


def test_no_tool_under_another_licence_ships():
    names = licences.pinned((licences.REQUIREMENTS / "runtime.txt").read_text("utf-8"))
    assert licences.TOOLS.keys() & set(names) == set()


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("AGPL-3.0-or-later", False),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_expressions(expression, allowed):
    assert licences.is_allowed(expression) == allowed


def test_what_is_not_allowed_is_named(monkeypatch, capsys):
    assert list(licences.faults([("codespell", "GPL-2.0-only"), ("one", "MIT")])) == []
    monkeypatch.setattr(licences, "installed", lambda _: [("codespell", "MIT-like"), ("other", "GPL-2.0-only")])
    assert licences.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "codespell: its licence 'MIT-like' is not one of those that are allowed (tools/licences.py)",
        "other: its licence 'GPL-2.0-only' is not one of those that are allowed (tools/licences.py)",
    ]


SAFE = {"name": "one", "version": "1", "vulns": []}
UNSAFE = {"name": "two", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3", "4"]}]}
UNKNOWN = {"name": "three", "version": "3", "skip_reason": "not found"}


def report(*packages):
    return msgspec.json.encode({"dependencies": packages, "fixes": []})


def test_what_is_unsafe_is_named():
    assert advisories.unsafe(report(SAFE, UNSAFE, UNKNOWN)) == ["two 2: CVE-1, mended in 3, 4"]
    assert advisories.unsafe(report(SAFE)) == []


def test_a_service_that_knows_nothing_says_nothing():
    with pytest.raises(advisories.NobodyToAskError, match="knows none of the packages"):
        advisories.unsafe(report(UNKNOWN, UNKNOWN))


def test_the_first_pin_has_its_hashes():
    assert advisories.first_pin("one==1 \\\n    --hash=a\ntwo==2 \\\n    --hash=b\n") == "one==1 \\\n    --hash=a\n"
    assert advisories.first_pin("one==1\n") == "one==1\n"


@pytest.mark.parametrize(
    ("answers", "status", "out"),
    [
        ([report(SAFE), report(SAFE, SAFE)] * 2, 0, "pip-audit knows nothing against what is pinned\n"),
        ([report(SAFE), report(UNSAFE), report(SAFE), report(SAFE)], 1, "two 2: CVE-1, mended in 3, 4\n"),
        ([report(UNKNOWN)], 0, "SKIPPED: pip-audit, the service of advisories knows none of the packages\n"),
        ([b""], 0, "SKIPPED: pip-audit, the service of advisories cannot be asked: no way there\n"),
        ([None], 0, "SKIPPED: pip-audit, the service of advisories does not answer in time\n"),
    ],
    ids=["safe", "unsafe", "unknown", "unreachable", "slow"],
)
def test_advisories(monkeypatch, capsys, answers, status, out):
    rest = iter(answers)

    def run(command, *, timeout, **_):
        body = next(rest)
        if body is None:
            raise subprocess.TimeoutExpired(command, timeout)
        return subprocess.CompletedProcess(command, 1, body, b"trace\nno way there\n")

    monkeypatch.setattr(subprocess, "run", run)
    assert (advisories.main(), capsys.readouterr().out) == (status, out)
    assert next(rest, None) is None

"""What tests share holds what it promises."""

from __future__ import annotations

import re
import socket

import pytest

from tests import support
from tests.conftest import LONG_FOLDERS, folder_rank, slow_slice


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", set()),
        ("data", {"data"}),
        ("data,servers", {"data", "servers"}),
        ("data, browser", {"data", "browser"}),
        ("all", {"browser", "data", "servers"}),
    ],
)
def test_required_kinds_are_a_list(text, kinds):
    assert support.required_kinds(text) == kinds


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match=r"FACETRY_REQUIRE names disk"):
        support.required_kinds("disk")
    with pytest.raises(ValueError, match=r"disk is none of"):
        support.require("disk", True, "")


def test_what_is_missing_is_skipped_by_name(monkeypatch):
    monkeypatch.delenv("FACETRY_REQUIRE", raising=False)
    support.require("data", True, "nothing is missing")
    with pytest.raises(pytest.skip.Exception, match=r"data: pearls are missing"):
        support.require("data", False, "pearls are missing")


@pytest.mark.parametrize("required", ["data", "all", "servers,data"])
def test_what_is_required_and_missing_fails(monkeypatch, required):
    monkeypatch.setenv("FACETRY_REQUIRE", required)
    support.require("data", True, "nothing is missing")
    with pytest.raises(pytest.fail.Exception, match=r"data required: pearls are missing"):
        support.require("data", False, "pearls are missing")


def test_other_kinds_are_skipped_all_the_same(monkeypatch):
    monkeypatch.setenv("FACETRY_REQUIRE", "servers")
    with pytest.raises(pytest.skip.Exception):
        support.require("data", False, "pearls are missing")


def test_the_data_folder_can_be_set(monkeypatch, tmp_path):
    monkeypatch.setenv("FACETRY_TEST_DATA", str(tmp_path))
    (tmp_path / "pearls.csv").touch()
    assert support.data_path("pearls.csv") == tmp_path / "pearls.csv"
    monkeypatch.delenv("FACETRY_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match=re.escape("shells/pearls.csv is not in the data folder")):
        support.data_path("shells", "pearls.csv")


def test_tests_cannot_reach_the_network():
    with (
        socket.socket() as client,
        pytest.warns(UserWarning, match=r"connect"),
        pytest.raises(RuntimeError, match=r"192\.0\.2\.1"),
    ):
        client.connect(("192.0.2.1", 9))


def test_tests_reach_this_machine():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


class Item:
    """As much of a collected test as a slice looks at."""

    def __init__(self, path, name, slow=True):
        self.path, self.nodeid, self.slow = path, f"{path}::{name}", slow

    def get_closest_marker(self, _name):
        return self.slow


def test_a_slice_has_slow_tests_of_three_files():
    items = [Item(path, name) for path in "abcdefg" for name in "123"]
    chosen = slow_slice(items, "1")
    assert len({item.path for item in chosen}) == len(chosen) == 3
    assert {tuple(item.path for item in slow_slice(items, str(seed))) for seed in range(9)} != {tuple("abc")}


def test_a_slice_has_one_slow_test_of_a_file():
    items = [Item(path, name) for path in "ab" for name in "12345678"]
    quick = Item("b", "quick", slow=False)
    chosen = slow_slice([*items, quick], "1")
    assert [item.path for item in chosen] == ["a", "b"]
    assert quick not in chosen
    assert chosen == slow_slice([*reversed(items[:8]), *items[8:]], "1")
    assert len({tuple(slow_slice(items, str(seed))) for seed in range(20)}) > 1


def test_folders_of_long_files_come_first():
    files = ["unit/cli/test_a.py", "faults/test_b.py", "test_support.py", "cli/test_c.py"]
    last = len(LONG_FOLDERS)
    assert [folder_rank(support.ROOT / "tests" / file) for file in files] == [last, 0, last, LONG_FOLDERS.index("cli")]
    assert folder_rank(support.ROOT.parent / "cli" / "test_d.py") == last

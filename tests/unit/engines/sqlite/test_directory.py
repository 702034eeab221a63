"""The data directory."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.sqlite import directory
from facetry.engines.sqlite.directory import DataDirectory

LONG = "d" * 120


def test_it_is_made_for_its_owner_only(tmp_path):
    place = DataDirectory(tmp_path / "a" / "b")
    place.create()
    assert place.path.stat().st_mode & 0o777 == 0o700
    place.path.chmod(0o755)
    place.create()
    assert place.path.stat().st_mode & 0o777 == 0o700


def test_a_file_is_no_directory(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file cannot be used: File exists"):
        DataDirectory(tmp_path / "file").create()


@pytest.mark.parametrize("name", ["d", LONG])
def test_a_socket_can_be_used_however_long_the_path_is(tmp_path, name):
    place = DataDirectory(tmp_path / name)
    place.create()
    with place.socket_address() as address, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        assert place.socket.is_socket()
        with place.socket_address() as again, socket.socket(socket.AF_UNIX) as caller:
            caller.connect(again)


def test_a_system_without_short_names_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(directory, "_PROC_FDS", Path("/nowhere"))
    with pytest.raises(StoreError, match="is longer than 103 bytes"), DataDirectory(tmp_path / LONG).socket_address():
        pass

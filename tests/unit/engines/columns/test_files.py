from __future__ import annotations

import mmap
import os
import resource
import struct
from pathlib import Path

import msgspec
import numpy as np
import pytest

from facetry.domain.errors import IndexDamagedError
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.files import (
    VERSION,
    Manifest,
    SavedPart,
    folder_name,
    manifest_stamp,
    open_segment,
    read_manifest,
    remove_strays,
    save_manifest,
    save_segment,
)
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.stored_arrays import PACKED, ArrayEntry, opened_array, stored_array
from facetry.engines.columns.table import Table
from facetry.engines.columns.tenant_folder import TenantFolder
from facetry.testing.search_samples import group, product, single

GROUPS = [
    group("b", product("1", name="gold ring", color="red", brand="Acme", regular_price=5), product("2", color="blue")),
    single("a", name="chain é", description="long words " * 50, currency="EUR"),
    single("c"),
]
MANIFEST = Manifest("t", "en", 7, (SavedPart("x.segment", 3, b"\x40"),), ("x.values",))


def built(groups=GROUPS) -> Segment:
    return build_segment(groups, "en", Dictionaries(), 3)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("groups", [GROUPS, []])
def test_a_segment_is_read_as_it_was_written(tmp_path, groups):
    segment = built(groups)
    saved = save_segment(tmp_path / "new", segment)
    assert files(tmp_path / "new") == [saved.file_name]
    opened = open_segment(tmp_path / "new", str(saved.file_name), len(groups))
    for other in (saved, opened):
        assert (other.after, len(other)) == (3, len(groups))
        for name in Segment.ARRAYS:
            for array, expected in zip(_arrays(other, name), _arrays(segment, name), strict=True):
                assert np.array_equal(array, expected)
                assert array.dtype == expected.dtype
                assert array.flags.writeable
                assert array.flags.c_contiguous
        for name in ("ids", "vocabulary", "skus"):
            assert [*_strings(other, name)] == [*_strings(segment, name)]
        for name in Segment.TABLES:
            assert held(getattr(other, name)) == held(getattr(segment, name))
        assert [other.group(i) for i in range(len(other))] == sorted(groups, key=lambda held: held.group_id)


def held(table: Table):
    columns = {
        name: (column.codes.tolist(), None if column.rows is None else column.rows.tolist())
        for name, column in table.columns.items()
    }
    return table.size, {name: (array.dtype, array.tolist()) for name, array in table.numbers.items()}, columns


def _arrays(segment: Segment, name: str):
    found = getattr(segment, name)
    return found if isinstance(found, tuple) else (found,)


def _strings(segment: Segment, name: str):
    strings = getattr(segment, name)
    return (strings[i] for i in range(len(strings)))


def test_arrays_are_aligned(tmp_path):
    saved = save_segment(tmp_path, built())
    addresses = [getattr(saved, name).ctypes.data for name in Segment.ARRAYS if name not in PACKED]
    assert [address % 64 for address in addresses] == [0] * len(addresses)


def test_any_altered_byte_is_noticed(tmp_path):
    name = str(save_segment(tmp_path, built([single("a")])).file_name)
    path = tmp_path / name
    whole = path.read_bytes()
    segment = open_segment(tmp_path, name, 1)
    used = _used_bytes(segment, whole)
    for position in range(0, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x10]) + whole[position + 1 :])
        if used[position]:
            with pytest.raises(IndexDamagedError):
                open_segment(tmp_path, name, 1)


def _used_bytes(segment: Segment, whole: bytes) -> list[bool]:
    """Return which bytes of the file are not padding; a change of padding changes nothing."""
    used = [byte != 0 for byte in whole]
    header_end = 20 + struct.unpack_from("<I", whole, 12)[0]
    return [True] * header_end + used[header_end:]


def test_a_cut_file_is_noticed_wherever_it_is_cut(tmp_path):
    name = str(save_segment(tmp_path, built()).file_name)
    whole = (tmp_path / name).read_bytes()
    for length in (0, 5, 19, 20, 50, 1000, len(whole) // 2, len(whole) - 1):
        (tmp_path / name).write_bytes(whole[:length])
        with pytest.raises(IndexDamagedError):
            open_segment(tmp_path, name, 3)


def test_a_missing_file_a_wrong_size_and_a_newer_version_are_damage(tmp_path):
    name = str(save_segment(tmp_path, built()).file_name)
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        open_segment(tmp_path, "missing.segment", 3)
    with pytest.raises(IndexDamagedError, match="has 3 groups, not 4"):
        open_segment(tmp_path, name, 4)
    raw = bytearray((tmp_path / name).read_bytes())
    raw[8] = 200
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(IndexDamagedError, match=f"version 200, not {VERSION}"):
        open_segment(tmp_path, name, 3)


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    assert read_manifest(tmp_path) is None
    assert manifest_stamp(tmp_path) is None
    save_manifest(tmp_path, MANIFEST)
    assert read_manifest(tmp_path) == MANIFEST
    stamp = manifest_stamp(tmp_path)
    save_manifest(tmp_path, MANIFEST)
    assert manifest_stamp(tmp_path) != stamp
    assert files(tmp_path) == ["manifest"]


def test_a_damaged_manifest_is_noticed(tmp_path):
    save_manifest(tmp_path, MANIFEST)
    whole = (tmp_path / "manifest").read_bytes()
    for position in range(len(whole)):
        (tmp_path / "manifest").write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(IndexDamagedError, match="manifest cannot be read"):
            read_manifest(tmp_path)
    for length in range(len(whole)):
        (tmp_path / "manifest").write_bytes(whole[:length])
        with pytest.raises(IndexDamagedError):
            read_manifest(tmp_path)


def test_what_fails_half_way_leaves_no_file(tmp_path, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        save_segment(tmp_path, built())
    assert files(tmp_path) == []


def test_only_what_is_named_is_kept(tmp_path):
    save_manifest(tmp_path, MANIFEST)
    for name in ("x.segment", "old.segment", "y.segment.unfinished"):
        (tmp_path / name).touch()
    remove_strays(tmp_path, {"x.segment"})
    assert files(tmp_path) == ["manifest", "x.segment"]


@pytest.mark.parametrize(
    ("tenant", "name"),
    [
        ("acme-1", "acme-1"),
        ("Acme", "%41cme"),
        ("../x/..", "%2e%2e%2fx%2f%2e%2e"),
        ("é", "%c3%a9"),
        ("", "+e3b0c44298fc1c149afbf4c8996fb924"),
        ("a" * 60, "a" * 60),
        ("a" * 61, "a" * 60 + "+bf4f1957b4ae5b8d3fa7d3d0ddbe6ee1"),
    ],
)
def test_a_folder_is_named_safely(tenant, name):
    expected = folder_name(tenant)
    if len(tenant) > 60:
        assert expected.startswith("a" * 60 + "+")
        assert len(expected) == 93
    else:
        assert expected == name


def test_no_two_tenants_share_a_folder():
    tenants = ["a", "A", "%41", "a" * 61, "a" * 62, "", "+", "\ud800", "é", "e\u0301", "con", "."]
    assert len({folder_name(tenant).casefold() for tenant in tenants}) == len(tenants)


def lowest_free_descriptor() -> int:
    """Return the limit with which nothing more can be opened, also where earlier tests left gaps."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


def test_a_lack_of_descriptors_says_nothing_of_the_file(tmp_path):
    saved = save_segment(tmp_path, built())
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free_descriptor(), limits[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            open_segment(tmp_path, str(saved.file_name), len(GROUPS))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert len(open_segment(tmp_path, str(saved.file_name), len(GROUPS))) == len(GROUPS)


def test_an_index_that_cannot_be_opened_for_lack_of_descriptors_is_kept(tmp_path):
    saved = save_segment(tmp_path / folder_name("t"), built())
    part = SavedPart(str(saved.file_name), len(GROUPS), np.packbits(np.ones(len(GROUPS), np.uint8)).tobytes())
    save_manifest(tmp_path / folder_name("t"), Manifest("t", "en", 7, (part,), MANIFEST.values))
    before = files(tmp_path / folder_name("t"))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free_descriptor(), limits[1]))
    try:
        assert TenantFolder(tmp_path, "t", writer=True).open() is None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert files(tmp_path / folder_name("t")) == before


def test_an_array_that_is_packed_shorter_than_it_was_is_damage(tmp_path):
    stored = bytes(stored_array("posting_counts", np.arange(3, dtype=np.int32)))
    (tmp_path / "file").write_bytes(stored)
    entry = ArrayEntry("posting_counts", "<i4", (4,), 0, len(stored), 0)
    with (tmp_path / "file").open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        assert opened_array(msgspec.structs.replace(entry, shape=(3,)), mapped, 0).tolist() == [0, 1, 2]
        with pytest.raises(ValueError, match="posting_counts is cut"):
            opened_array(entry, mapped, 0)

"""Files of an index that cannot be read are told, whatever is the matter with them."""

from __future__ import annotations

import errno

import pytest

from facetry.domain.fault import Fault
from facetry.engines.columns import checking
from facetry.engines.columns.checking import file_faults


def test_where_nothing_is_saved_nothing_is_wrong(tmp_path):
    assert file_faults(tmp_path, "shop") == []


def test_a_manifest_that_is_none(tmp_path):
    (tmp_path / "shop" / "manifest").mkdir(parents=True)
    assert file_faults(tmp_path, "shop") == [Fault("index", "", "cannot be read: Is a directory")]
    (tmp_path / "shop" / "manifest").rmdir()
    (tmp_path / "shop" / "manifest").write_bytes(b"x")
    assert file_faults(tmp_path, "shop") == [Fault("index", "", "manifest cannot be read: it is cut")]


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENOMEM])
def test_a_shortage_says_nothing_of_the_files(tmp_path, monkeypatch, code):
    def read_manifest(_):
        raise OSError(code, "too many")

    monkeypatch.setattr(checking, "read_manifest", read_manifest)
    assert file_faults(tmp_path, "shop") == []

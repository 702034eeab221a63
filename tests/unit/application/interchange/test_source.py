import gzip
import os
from pathlib import Path

import pytest

from facetry.application.interchange import source as source_module
from facetry.application.interchange.source import Source, file_digest
from facetry.domain.errors import InterchangeError


def read(path, encoding=None):
    with Source(path, encoding) as source:
        return list(source)


@pytest.mark.parametrize(
    "content",
    ["a\nb é".encode(), "\ufeffa\nb é".encode(), "a\nb é".encode("utf-16"), gzip.compress("a\nb é".encode(), mtime=0)],
)
def test_text_is_read_by_its_mark(write, content):
    assert read(write(content)) == ["a\n", "b é"]


def test_a_named_encoding_is_used(write):
    path = write(b"g\xe9\n")
    assert read(path, "cp1252") == ["gé\n"]
    assert read(path) == ["g\udce9\n"]


def test_every_kind_of_line_end_ends_a_line_and_is_kept(write):
    assert read(write(b"a\rb\r\nc\n\nd")) == ["a\r", "b\r\n", "c\n", "\n", "d"]


def test_lines_are_counted_and_the_position_reaches_the_size(write):
    with Source(write(b"a\nb\n")) as source:
        assert (source.number, source.size) == (0, 4)
        assert [source.number for _ in source] == [1, 2]
        assert source.position == 4


def test_the_position_in_a_compressed_file_counts_its_own_bytes(write):
    packed = gzip.compress(b"a\n" * 100_000, mtime=0)
    with Source(write(packed)) as source:
        assert source.size == len(packed)
        assert sum(1 for _ in source) == 100_000
        assert source.position == len(packed)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InterchangeError, match=r"nothing\.csv cannot be read: No such file"):
        Source(tmp_path / "nothing.csv")


def test_a_pipe_is_refused_as_it_cannot_be_read_twice():
    reading, writing = os.pipe()
    try:
        with pytest.raises(InterchangeError, match="cannot be read: Illegal seek"):
            Source(Path(f"/dev/fd/{reading}"))
    finally:
        os.close(reading)
        os.close(writing)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InterchangeError, match="cannot be read: Is a directory"):
        Source(tmp_path)


def test_an_unknown_encoding_is_named(write):
    with pytest.raises(InterchangeError, match="no encoding klingon"):
        Source(write(b"a"), "klingon")


@pytest.mark.parametrize(
    ("pack", "told"),
    [(bytes, "is no workbook"), (gzip.compress, "is a spreadsheet or an archive")],
    ids=["plain", "gzip"],
)
def test_an_archive_is_refused_with_the_way_out(write, pack, told):
    with pytest.raises(InterchangeError, match=f"{told}.*: save it as CSV"):
        Source(write(pack(b"PK\x03\x04...")))


def test_the_mark_of_utf_8_says_more_than_who_names_another_encoding(write):
    with Source(write("\ufeffé\n".encode()), "cp1252") as source:
        assert list(source) == ["é\n"]


def test_a_compressed_file_that_is_cut_off_gives_its_lines_and_says_so(write):
    path = write(gzip.compress(b"".join(b"%d\n" % number for number in range(200_000)))[:-100])
    got = []
    with Source(path) as source, pytest.raises(InterchangeError, match=r"cut off after line \d+"):
        got.extend(source)
    assert got[:2] == ["0\n", "1\n"]


def test_a_damaged_compressed_file_is_refused(write):
    with pytest.raises(InterchangeError, match="is damaged"):
        Source(write(b"\x1f\x8b nonsense"))


@pytest.mark.parametrize(("content", "encoding"), [(b"\xff\xfea", None), (b"abc", "utf-16"), (b"a", "utf-32")])
def test_a_file_that_is_not_in_its_wide_encoding_is_refused(write, content, encoding):
    with pytest.raises(InterchangeError, match=r"products\.ndjson is not in utf-\d+ after line 0"):
        read(write(content), encoding)


def test_a_line_without_end_is_refused(write, monkeypatch):
    monkeypatch.setattr(source_module, "LONGEST_LINE", 10)
    with pytest.raises(InterchangeError, match="line 2 is longer than 10 characters"):
        read(write(b"short\n" + b"x" * 11))


def test_the_digest_is_that_of_the_content(write, tmp_path):
    assert file_digest(write(b"abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(InterchangeError, match="cannot be read"):
        file_digest(tmp_path / "nothing")

from __future__ import annotations

import pytest

from facetry.domain.errors import IndexDamagedError
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.files import Values, save_values
from facetry.engines.columns.value_files import ValueFiles


def contents(dictionaries: Dictionaries):
    return {name: [*dictionary.items()] for name, dictionary in dictionaries.items()}


def test_values_are_read_as_they_were_saved_in_few_files(tmp_path):
    held, files, names = Dictionaries(), ValueFiles(tmp_path), []
    for revision in range(60):
        held[f"field {revision % 3}"].codes([f"value {revision} {n}" for n in range(10)])
        names = files.save(held)
        assert len(names) <= 6
        opened = ValueFiles(tmp_path)
        read = opened.open(names)
        assert contents(read) == contents(held)
        if revision % 7 == 0:
            files, held = opened, read
    assert files.save(held) == names


def test_few_new_values_do_not_write_many_old_ones_again(tmp_path):
    held, files = Dictionaries(), ValueFiles(tmp_path)
    held["a"].codes([str(n) for n in range(1000)])
    first = files.save(held)
    held["b"].codes(["new"])
    assert files.save(held)[:1] == first
    assert ValueFiles(tmp_path).save(Dictionaries()) == ()


def test_other_dictionaries_are_saved_anew(tmp_path):
    files = ValueFiles(tmp_path)
    for values in (["red", "blue"], ["blue", "red"], ["green"]):
        held = Dictionaries()
        held["color"].codes(values)
        assert contents(ValueFiles(tmp_path).open(files.save(held))) == contents(held)


def test_files_that_do_not_belong_together_are_damage(tmp_path):
    name = save_values(tmp_path, Values({"a": 1}, {"a": ["x"]}))
    with pytest.raises(IndexDamagedError, match="values of a are missing"):
        ValueFiles(tmp_path).open([name])
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        ValueFiles(tmp_path).open(["missing.values"])
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(IndexDamagedError, match="cut or altered"):
        ValueFiles(tmp_path).open([name])

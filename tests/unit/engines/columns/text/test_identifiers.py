from __future__ import annotations

from concurrent.futures import CancelledError
from random import Random

import numpy as np
import pytest

from facetry.engines.columns.strings import Strings
from facetry.engines.columns.text import normal_texts
from facetry.engines.columns.text.identifiers import Identifiers
from facetry.engines.columns.text.normal_texts import NormalTexts
from facetry.testing.search_samples import group, product, single
from tests.unit.engines.columns.text.catalogs import Catalog

FIELDS = ("attributes.style", "gemstones.certificate_number", "attributes.nothing")


def never() -> None:
    """Let all work go on."""


def found(catalog: Catalog, needle: str) -> dict[str, float]:
    """Return how well groups fit, by id."""
    parts = zip(catalog.snapshot.parts, Identifiers(catalog.snapshot, FIELDS, never).find(needle), strict=True)
    return {
        part.segment.ids[ordinal].decode(): float(quality)
        for part, one in parts
        for ordinal, quality in zip(one.groups, one.qualities, strict=True)
    }


def test_ids_skus_and_values_are_found_whole_at_the_beginning_and_within():
    catalog = Catalog()
    catalog.put(
        single("R-10.0"), single("b", attributes={"style": "AR-1000"}), single("c", attributes={"other": "R100"})
    )
    catalog.put(group("d", product("d-1"), product("r 1001", attributes={"style": ["x", "R100"]})))
    assert found(catalog, "r100") == {"R-10.0": 1.0, "b": 0.6, "d": 1.0}
    assert found(catalog, "r1001") == {"R-10.0": 1.0, "d": 1.0}
    assert found(catalog, "r10") == {}


def test_certificates_of_gemstones_are_found_by_their_product_s_group():
    catalog = Catalog()
    plain, set_with = product("a-1"), product("a-2", gemstones=({}, {"certificate_number": "GIA 2141-438"}))
    catalog.put(group("a", plain, set_with), single("b", gemstones=({"certificate_number": "GIA 11"},)), single("c"))
    assert found(catalog, "gia2141") == {"a": 0.8}
    assert found(catalog, "2141438") == {"a": 0.6}
    assert found(catalog, "gia11") == {"b": 1.0}


def test_what_is_gone_is_not_found_and_what_is_new_is():
    catalog = Catalog()
    catalog.put(single("a", attributes={"style": "S100"}), single("b", attributes={"style": "S100"}))
    assert found(catalog, "s100") == {"a": 1.0, "b": 1.0}
    for number in range(20):
        catalog.put(single(f"c{number}", attributes={"style": f"S200{number}"}))
        assert found(catalog, f"s200{number}")[f"c{number}"] == 1.0
    catalog.put(single("without"), gone=("a",))
    assert found(catalog, "s100") == {"b": 1.0}
    lists = catalog.snapshot.dictionaries["attributes.style"].derived["normal"]
    assert isinstance(lists, tuple)
    assert len(lists) < 5
    assert sum(map(len, lists)) == 21


def test_other_scripts_are_folded():
    catalog = Catalog()
    catalog.put(single("a", attributes={"style": "É-١٠٠ Straße"}), single("b"))
    assert found(catalog, "e١٠٠") == {"a": 0.8}
    assert found(catalog, "e١٠٠strasse") == {"a": 1.0}


def test_looking_for_identifiers_can_be_stopped_and_has_room_for_all(monkeypatch: pytest.MonkeyPatch):
    texts = NormalTexts.of(Strings.of_texts([f"A{number:06d}" for number in range(5000)]))
    positions, fits = texts.find("a00", never)
    assert len(positions) == 0
    positions, fits = texts.find("a00000", never)
    assert positions.tolist() == list(range(10))
    assert set(fits.tolist()) == {2}
    positions, _ = texts.find("a000", never)
    assert np.array_equal(positions, np.arange(1000))
    monkeypatch.setattr(normal_texts, "_ROOM", 16)
    assert np.array_equal(texts.find("a000", never)[0], np.arange(1000))
    monkeypatch.setattr(normal_texts, "_SLICE", 1)

    def stop() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        texts.find("a000", stop)


@pytest.mark.parametrize("seed", range(5))
def test_marks_change_nothing_but_the_time(seed: int):
    draw = Random(seed)
    texts = Strings.of_texts([f"{draw.choice('AB')}-{draw.randrange(5000):04d}{'x' * (n % 60)}" for n in range(1500)])
    plain, marked = NormalTexts.of(texts), NormalTexts.of(texts, marked_from=0)
    assert not len(plain.marks)
    longest = "x" * 59
    for needle in (
        "a12",
        "0",
        "1234x",
        longest,
        f"9{longest}",
        "a000",
        "b4999xx",
        *(f"{n:04d}" for n in range(0, 5000, 97)),
    ):
        positions, fits = plain.find(needle, never)
        assert [array.tolist() for array in marked.find(needle, never)] == [positions.tolist(), fits.tolist()]

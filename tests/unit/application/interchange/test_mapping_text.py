"""Mappings written as TOML."""

import pytest

from facetry.application.interchange.mapping import FieldRule, FileRule, Mapping, parse_mapping
from facetry.application.interchange.mapping_text import mapping_text
from facetry.domain.errors import InterchangeError
from tests.support import ROOT


def test_a_mapping_is_brief():
    mapping = Mapping(
        product={"sku": "Nr", "images": FieldRule(column="Pics", separator="|")},
        file=FileRule(decimal=","),
        attributes={"ct": FieldRule(column="ct", kind="number")},
    )
    assert mapping_text(mapping) == (
        '[file]\n"decimal" = ","\n\n[product]\n"sku" = "Nr"\n"images" = { "column" = "Pics", "separator" = "|" }\n\n'
        '[attributes]\n"ct" = { "column" = "ct", "kind" = "number" }\n'
    )


@pytest.mark.parametrize("name", ["uci", "magento", "flipkart"])
def test_real_mappings_come_back(name):
    mapping = parse_mapping((ROOT / "examples" / "mappings" / f"{name}.toml").read_text())
    assert parse_mapping(mapping_text(mapping)) == mapping


@pytest.mark.parametrize("hostile", ['a"b', "a\\b", "new\nline", "\x00\x1f\x7f", "\u202eRTL\u2028", "😀", "'''", "]["])
def test_every_text_comes_back(hostile):
    mapping = Mapping(
        product={"sku": hostile, "name": FieldRule(value=[hostile, hostile], values={hostile: hostile})},
        attributes={hostile: hostile},
        where={hostile: [hostile]},
    )
    assert parse_mapping(mapping_text(mapping)) == mapping


def test_what_is_no_text_is_refused():
    with pytest.raises(InterchangeError, match="valid Unicode"):
        mapping_text(Mapping(product={"sku": "\udcff"}))

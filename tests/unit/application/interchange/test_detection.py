import pytest

from facetry.application.interchange.detection import Format, open_reader
from facetry.application.interchange.mapping import parse_mapping
from facetry.domain.errors import InterchangeError
from tests.unit.application.interchange.reading import lines


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"sku":"A"}\n', Format.NDJSON),
        ('\n\n \ufeff{"sku":"A"}', Format.NDJSON),
        ("sku,name\n", Format.CSV),
        ("name;brand;sku\n", Format.CSV),
        ("Handle,Title,Vendor\n", Format.SHOPIFY),
        ("Title,URL handle,SKU\n", Format.SHOPIFY),
        ("HANDLE\ttitle\n", Format.SHOPIFY),
        ("Stock #,Shape,Weight,Color,Clarity\n", Format.GEMSTONES),
        ("sku,name,carat,color,clarity\n", Format.CSV),
    ],
)
def test_the_first_line_shows_the_format(text, found):
    assert open_reader(lines(text))[0] is found


def test_a_wish_is_followed():
    assert open_reader(lines("sku,name\n"), Format.NDJSON)[0] is Format.NDJSON
    assert open_reader(lines("Handle,Title\n"), Format.CSV)[0] is Format.CSV
    assert open_reader(lines("Handle,Title\n"), Format.SHOPIFY)[0] is Format.SHOPIFY
    assert open_reader(lines("sku,name,carat\n"), Format.GEMSTONES)[0] is Format.GEMSTONES


def test_a_mapping_makes_it_mapped():
    mapping = parse_mapping('[product]\nsku = "sku"\nname = "name"\n')
    assert open_reader(lines("sku,name\n"), None, mapping)[0] is Format.MAPPED


@pytest.mark.parametrize(
    ("text", "wanted", "reason"),
    [
        ("", None, "the file is empty"),
        ("\n" * 2_000, None, "the file is empty"),
        ('[{"sku":"A"}]', None, "write one product a line"),
        ("id,title\n", None, "id, title are neither ours .* a mapping must say what they are"),
        ("sku,name\n", Format.MAPPED, "the format mapped needs a mapping file"),
        ("sku,name\n", Format.SHOPIFY, "no columns Handle and Title"),
    ],
)
def test_what_is_in_no_format_is_refused_with_the_way_out(text, wanted, reason):
    with pytest.raises(InterchangeError, match=reason):
        open_reader(lines(text), wanted)

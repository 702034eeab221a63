import pytest

from facetry.application.interchange.mapping import load_mapping, parse_mapping, rules
from facetry.domain.errors import InterchangeError
from tests.support import ROOT

LEAST = '[product]\nsku = "a"\nname = "b"\n'


def test_a_bare_text_names_a_column():
    mapping = parse_mapping(LEAST)
    assert {key: rule.column for key, rule in rules(mapping.product).items()} == {"sku": "a", "name": "b"}
    assert (mapping.file.decimal, mapping.where, mapping.attributes) == (".", {}, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[product", "the mapping is not right"),
        ("[product]\nsku = 'a'\n", r"no \[product\] name"),
        (LEAST + "colour = 'c'\n", r"no such \[product\] field: colour"),
        (LEAST + "attributes = 'c'\n", "no such"),
        (LEAST + "[products]\n", "unknown field `products`"),
        (LEAST + "[file]\ndecimal = '-'\n", "Invalid enum value"),
        (LEAST + "[file]\ndelimiter = ';;'\n", "Expected `str` matching regex"),
        (LEAST + "[file]\ndelimiter = '\"'\n", "Expected `str` matching regex"),
        (LEAST + "color = { columns = 'c' }\n", "unknown field `columns`"),
    ],
)
def test_what_is_not_right_is_named(text, reason):
    with pytest.raises(InterchangeError, match=reason):
        parse_mapping(text)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("{}", "color must name a column, a template or a value"),
        ("{ column = 'c', template = '{d}' }", "color must name"),
        ("{ column = 'c', pattern = '(' }", "has a pattern that is none"),
    ],
)
def test_a_rule_reads_from_one_place(rule, reason):
    with pytest.raises(InterchangeError, match=reason):
        rules(parse_mapping(LEAST + f"color = {rule}\n").product)


def test_a_mapping_is_read_from_a_file(tmp_path):
    path = tmp_path / "m.toml"
    with pytest.raises(InterchangeError, match="cannot be read"):
        load_mapping(path)
    path.write_text(LEAST)
    assert load_mapping(path) == parse_mapping(LEAST)
    path.write_bytes(b"\xff")
    with pytest.raises(InterchangeError, match="cannot be read"):
        load_mapping(path)


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "mappings").glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_is_right(path):
    mapping = load_mapping(path)
    assert rules(mapping.product).keys() >= {"sku", "name"}
    rules(mapping.attributes)

"""Mappings proposed from columns, and changed."""

import gzip

import pytest

from facetry.application.interchange.mapping import FieldRule, FileRule, Mapping
from facetry.application.interchange.preview import Head, samples_of
from facetry.application.interchange.proposing import missing_fields, proposed_mapping, targets_of, with_targets
from tests.support import data_path


def test_names_tell_what_columns_are():
    samples = {"Artikel-Nr.": ("007", "008"), "Bezeichnung": ("Ring",), "Farbe": ("gold",), "VK-Preis": ("1.234,50",)}
    assert proposed_mapping(samples) == Mapping(
        product={"sku": "Artikel-Nr.", "name": "Bezeichnung", "color": "Farbe", "regularPrice": "VK-Preis"},
        file=FileRule(decimal=",", thousands="."),
    )


def test_the_likeliest_of_several_columns_is_taken():
    mapping = proposed_mapping({"id": ("1",), "sku": ("a",), "title": ("x",), "name": ("y",)})
    assert mapping.product == {"sku": "sku", "name": "name"}
    assert mapping.attributes == {"id": FieldRule(column="id", kind="number"), "title": "title"}


def test_without_any_name_the_first_columns_are_sku_and_name():
    mapping = proposed_mapping({"A": ("x1",), "B": ("Ring",), "C": ("yes", "no"), "D": (), "": ("?",)})
    assert mapping.product == {"sku": "A", "name": "B"}
    assert mapping.attributes == {"c": FieldRule(column="C", kind="flag")}
    assert missing_fields(proposed_mapping({"A": ("1",)})) == ("name",)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "-2.5"), "number"),
        (("007",), "text"),
        (("0", "1"), "number"),
        (("True", "false"), "flag"),
        (("1", "x"), "text"),
        (("12345678901234567890",), "text"),
    ],
)
def test_values_tell_which_kind_an_attribute_is(values, kind):
    attributes = proposed_mapping({"sku": ("a",), "name": ("b",), "More": values}).attributes
    assert attributes == {"more": "More" if kind == "text" else FieldRule(column="More", kind=kind)}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (("https://a/1.jpg|https://a/2.jpg",), FieldRule(column="images", separator="|")),
        (("https://a/1.jpg, https://a/2.jpg",), FieldRule(column="images", separator=",")),
        (("https://a/w=1,h=2/1.jpg",), "images"),
        (("https://a/1.jpg",), "images"),
        ((), "images"),
    ],
)
def test_values_tell_how_pictures_are_listed(values, rule):
    assert proposed_mapping({"sku": (), "name": (), "images": values}).product["images"] == rule


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (("Rings",), "category"),
        (("A>B",), "category"),
        (("A >> B >> C",), FieldRule(column="category", path=">>")),
        (("A/B|C/D",), FieldRule(column="category", separator="|", path="/")),
    ],
)
def test_values_tell_the_levels_of_categories(values, rule):
    assert proposed_mapping({"sku": (), "name": (), "category": values}).product["category"] == rule


def test_values_tell_html_and_thousands():
    mapping = proposed_mapping({"sku": (), "name": (), "text": ("<p>x</p>",), "price": ("$1,234.50",)})
    assert mapping.product["description"] == FieldRule(column="text", html=True)
    assert mapping.file == FileRule(thousands=",")


def test_columns_are_read_as_others():
    mapping = Mapping(
        product={"sku": FieldRule(column="A", prefix="x-"), "name": FieldRule(template="{B}")}, attributes={"c": "C"}
    )
    assert targets_of(mapping, ["A", "B", "C"]) == {"A": "sku", "B": "", "C": "attribute"}
    assert with_targets(mapping, {"A": "sku", "C": "attribute"}, {}) == mapping
    changed = with_targets(mapping, {"B": "brand", "C": "attribute-number", "D": "nonsense"}, {})
    assert changed == Mapping(
        product={**mapping.product, "brand": "B"}, attributes={"c": FieldRule(column="C", kind="number")}
    )
    gone = with_targets(changed, {"A": "", "B": "sku", "C": ""}, {})
    assert gone == Mapping(product={"name": mapping.product["name"], "sku": "B"})
    assert missing_fields(gone) == ()


def test_attributes_have_names_of_their_own():
    columns = {"Länge (mm)": "attribute", "Länge/mm": "attribute", "??": "attribute"}
    mapping = with_targets(Mapping(product={}), columns, {})
    assert mapping.attributes == {"länge_mm": "Länge (mm)", "länge_mm_2": "Länge/mm", "attribute": "??"}


def test_a_real_catalog_is_understood():
    content = gzip.decompress(data_path("flipkart", "products.csv.gz").read_bytes())[:200_000]
    mapping = proposed_mapping(samples_of(Head(content, is_whole=False), None))
    assert mapping.product == {
        "sku": "pid",
        "name": "name",
        "description": "description",
        "regularPrice": "retail_price",
        "promotionPrice": "discounted_price",
        "brand": "brand",
        "category": FieldRule(column="product_category_tree", path=">>"),
    }

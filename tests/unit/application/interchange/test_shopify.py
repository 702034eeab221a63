import csv
import io

import pytest

from facetry.application.interchange.detection import Format, open_reader
from facetry.application.interchange.shopify import MOST_ROWS, derived_sku, shortened
from facetry.application.interchange.table import LONGEST_CELL
from facetry.domain.product import ProductContent
from tests.unit.application.interchange.reading import contents, lines, problems, records

OLD = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name",
    "Option1 Value", "Option2 Name", "Option2 Value", "Variant SKU", "Variant Inventory Qty", "Variant Price",
    "Variant Compare At Price", "Image Src", "Image Position", "Variant Image", "Variant Barcode", "Status",
)  # fmt: skip
NEW = (
    "URL handle", "Title", "Description", "Vendor", "Product category", "Type", "Tags", "Published on online store",
    "Option1 name", "Option1 value", "Option2 name", "Option2 value", "SKU", "Inventory quantity", "Price",
    "Compare-at price", "Product image URL", "Image position", "Variant image URL", "Barcode", "Status",
)  # fmt: skip


def shop_csv(*rows, header=OLD, more=()):
    """Return a Shopify CSV of rows by their older column names."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*header, *more])
    for row in rows:
        writer.writerow([row.get(name, "") for name in (*OLD, *more)])
    return text.getvalue()


RING = {
    "Handle": "ring",
    "Title": "Ring",
    "Body (HTML)": "<p>A ring &amp; more</p>",
    "Vendor": "Ax",
    "Product Category": "Apparel & Accessories > Jewelry > Rings",
    "Type": "Wedding",
    "Tags": "gold, ring",
    "Published": "TRUE",
    "Option1 Name": "Metal",
    "Option1 Value": "Gold",
    "Option2 Name": "Ring size",
    "Option2 Value": "52",
    "Variant SKU": "R-1",
    "Variant Inventory Qty": "3",
    "Variant Price": "80.00",
    "Variant Compare At Price": "100.00",
    "Image Src": "https://a.example/2.jpg",
    "Image Position": "2",
    "Variant Barcode": "'4006381333931",
    "Status": "active",
}
SECOND = {
    "Handle": "ring",
    "Option1 Value": "Silver",
    "Option2 Value": "54",
    "Variant SKU": "R-2",
    "Variant Price": "60",
    "Image Src": "https://a.example/1.jpg",
    "Image Position": "1",
    "Variant Image": "https://a.example/silver.jpg",
}
PICTURE = {"Handle": "ring", "Image Src": "https://a.example/3.jpg", "Image Position": "3"}


@pytest.mark.parametrize("header", [OLD, NEW])
def test_both_headers_give_the_same_products(header):
    pictures = ("https://a.example/1.jpg", "https://a.example/2.jpg", "https://a.example/3.jpg")
    shared = {
        "name": "Ring",
        "group_id": "ring",
        "description": "A ring & more",
        "brand": "Ax",
        "search_keywords": ("gold", "ring"),
        "category": ("Apparel & Accessories>Jewelry>Rings", "Wedding"),
    }
    assert contents(shop_csv(RING, SECOND, PICTURE, header=header)) == [
        ProductContent(
            sku="R-1",
            is_main=True,
            images=pictures,
            regular_price=1_000_000,
            promotion_price=800_000,
            quantity=3,
            color="Gold",
            size="52",
            attributes={"Metal": "Gold", "Ring size": "52", "Barcode": "4006381333931"},
            **shared,
        ),
        ProductContent(
            sku="R-2",
            images=("https://a.example/silver.jpg", *pictures),
            regular_price=600_000,
            promotion_price=600_000,
            color="Silver",
            size="54",
            attributes={"Metal": "Silver", "Ring size": "54"},
            **shared,
        ),
    ]


def test_rows_with_a_picture_only_are_skipped():
    reader = open_reader(lines(shop_csv(RING, PICTURE, SECOND)))[1]
    assert [record.line for record in reader.records()] == [2, 4]
    assert reader.skipped == 1


def test_the_columns_are_named_as_the_file_names_them():
    found, reader = open_reader(lines(shop_csv(header=NEW, more=("Gift card",))))
    assert found is Format.SHOPIFY
    assert (reader.columns["promotionPrice"], reader.columns["groupID"]) == ("Price", "URL handle")
    assert reader.ignored_columns == ("Gift card",)


@pytest.mark.parametrize(
    ("published", "status", "active"),
    [
        ("true", "active", True),
        ("", "", True),
        ("TRUE", "", True),
        ("false", "active", False),
        ("false", "", False),
        ("true", "draft", False),
        ("true", "Archived", False),
        ("true", "ACTIVE", True),
    ],
)
def test_what_is_published_and_not_a_draft_is_active(published, status, active):
    assert contents(shop_csv(RING | {"Published": published, "Status": status}, SECOND))[1].active is active


def test_a_bad_value_is_told_with_the_line_and_the_others_go_on():
    text = shop_csv(RING, SECOND | {"Variant Price": "abc"}, RING | {"Handle": "pin", "Variant Compare At Price": "x"})
    number = "must be a decimal number such as 5.99"
    assert problems(text) == [(3, "promotionPrice", "abc", number), (4, "regularPrice", "x", number)]
    assert problems(shop_csv(RING | {"Published": "maybe"})) == [(2, "active", "maybe", "must be true or false")]
    assert problems(shop_csv(RING | {"Variant Price": "-5"})) == [
        (2, "promotionPrice", "-5", "must be greater than 0 and at most 100000000000")
    ]


@pytest.mark.parametrize(
    ("price", "compare", "regular", "promotion"),
    [
        ("5", "", 50_000, 50_000),
        ("5", "4", 50_000, 50_000),
        ("5", "0.00", 50_000, 50_000),
        ("5", "6", 60_000, 50_000),
        ("", "6", 60_000, 60_000),
        ("0.00", "", None, None),
        ("", "", None, None),
    ],
)
def test_the_compare_at_price_is_the_regular_one_where_it_is_greater(price, compare, regular, promotion):
    found = contents(shop_csv(RING | {"Variant Price": price, "Variant Compare At Price": compare}))[0]
    assert (found.regular_price, found.promotion_price) == (regular, promotion)


def test_what_is_read_otherwise_than_written_is_noted():
    record = records(
        shop_csv(RING | {"Handle": "h" * 51, "Variant Price": "0.00", "Variant Inventory Qty": "-2", "Variant SKU": ""})
    )[0]
    assert [(note.kind, note.detail) for note in record.notes] == [
        ("zero_price", "0.00"),
        ("negative_quantity", "-2"),
        ("long_handle", "h" * 51),
        ("derived_sku", shortened("h" * 51)),
    ]
    assert record.values["quantity"] == "0"


def test_variants_without_a_sku_get_one_of_handle_and_position():
    text = shop_csv(
        RING | {"Variant SKU": ""}, SECOND | {"Variant SKU": ""}, RING | {"Handle": "pin", "Variant SKU": ""}
    )
    assert [content.sku for content in contents(text)] == ["ring-1", "ring-2", "pin"]


def test_what_is_too_long_for_an_id_is_shortened_to_one_of_its_own():
    long, other = "a" * 60, "a" * 59 + "b"
    assert derived_sku("a" * 50, 1, 1) == "a" * 50
    assert (len(shortened(long)), shortened(long)[:42]) == (50, "a" * 41 + "-")
    assert shortened(long) == shortened(long) != shortened(other)


def test_a_product_without_options_has_none():
    row = RING | {"Option1 Name": "Title", "Option1 Value": "Default Title", "Option2 Name": "", "Variant Barcode": ""}
    assert contents(shop_csv(row))[0].attributes is None


@pytest.mark.parametrize(
    ("first", "second", "color", "size"),
    [
        (("Metal", "Gold"), ("Color", "Rose"), "Rose", None),
        (("Size", "5"), ("Ring Size", "6"), None, "5"),
        (("Farbe", "rot"), ("Größe", "S"), "rot", "S"),
        (("Stone", "Ruby"), ("", ""), None, None),
    ],
)
def test_options_named_as_color_or_size_are_that(first, second, color, size):
    names = {"Option1 Name": first[0], "Option1 Value": first[1], "Option2 Name": second[0], "Option2 Value": second[1]}
    found = contents(shop_csv(RING | names))[0]
    assert (found.color, found.size) == (color, size)
    assert found.attributes["Barcode"] == "4006381333931"
    assert found.attributes[first[0]] == first[1]


def test_metafields_are_attributes():
    column = "Jewelry material (product.metafields.shopify.jewelry-material)"
    other = "Gemstone (product.metafields.custom.stone)"
    row = {"Option1 Name": "", "Option2 Name": "", "Variant Barcode": "", column: "gold; silver", other: " ruby "}
    found = contents(shop_csv(RING | row, SECOND, more=(column, other)))
    expected = {"Jewelry material": ["gold", "silver"], "Gemstone": "ruby"}
    assert [content.attributes for content in found] == [expected, expected]


def test_the_type_is_no_category_of_its_own_where_it_repeats_the_last_level():
    assert contents(shop_csv(RING | {"Type": "rings"}))[0].category == ("Apparel & Accessories>Jewelry>Rings",)
    assert contents(shop_csv(RING | {"Product Category": ""}))[0].category == ("Wedding",)
    assert contents(shop_csv(RING | {"Product Category": "", "Type": ""}))[0].category == ()


def test_pictures_without_position_come_last_and_once():
    rows = [{"Handle": "ring", "Image Src": source} for source in ("b", "c", "b")]
    assert contents(shop_csv(RING, *rows))[0].images == ("https://a.example/2.jpg", "b", "c")


def test_rows_without_handle_or_shape_are_told():
    text = shop_csv(RING, {"Title": "x"}, SECOND) + ",".join(["x"] * 22) + "\n"
    assert problems(text) == [
        (3, "groupID", None, "is missing"),
        (5, "", "x", "has 22 cells where the header has 21: is a quote missing?"),
    ]
    assert [record.line for record in records(text) if not record.problems] == [2, 4]


def test_a_row_that_cannot_be_read_is_told():
    found = problems(shop_csv(RING) + 'pin,"' + ("y" * 1000 + "\n") * (LONGEST_CELL // 1000 + 1))
    assert found[0] == (3, "", None, "a cell is too long: is the quote that opens it ever closed?")


def test_rows_of_one_handle_that_stand_apart_have_no_name():
    text = shop_csv(RING, RING | {"Handle": "pin", "Variant SKU": "P"}, SECOND)
    assert problems(text) == [(4, "name", None, "is missing")]


def test_memory_is_bounded_by_the_rows_of_one_handle():
    rows = [SECOND | {"Variant SKU": f"S{number}"} for number in range(MOST_ROWS)]
    reader = open_reader(lines(shop_csv(RING, *rows)))[1]
    named = [record for record in reader.records() if "name" in record.values]
    assert len(named) == MOST_ROWS

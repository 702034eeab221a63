"""The form of a product, filled and read back."""

import pytest
from msgspec.structs import replace

from facetry.dashboard.product_form.attribute_texts import AttributeText
from facetry.dashboard.product_form.reading import ProductFormReader, faults_of
from facetry.dashboard.product_form.state import AttributeRow, PartRow, ProductState, sent_state, state_of
from facetry.dashboard.values import Values
from facetry.domain.errors import InvalidFieldsError, InvalidValueError
from facetry.domain.product import ProductContent, completed
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade import ProductType, Trade, Variation

HOSTILE = "<script>alert(1)</script>\"'&\u202e\u05d0 " + "w" * 300
SETTINGS = TenantSettings(currency="EUR", attributes=(AttributeDefinition("metals.karat", Kind.INTEGER),))
FULL = completed(
    ProductContent(
        sku="R/1",
        name=f" two \n lines {HOSTILE}",
        group_id="G",
        description="one\r\ntwo\rthree\n\x00",
        regular_price=1290_1234,
        promotion_price=990_0000,
        images=("https://a/1.jpg", HOSTILE, "two\nlines", ""),
        search_keywords=(" blank ", ""),
        category=("Jewelry>Rings",),
        quantity=7,
        color="white",
        brand=HOSTILE,
        size=" 52 ",
        active=False,
        is_main=True,
        currency="USD",
        attributes={
            "text": HOSTILE,
            "long": "a\nb",
            "number": 1.0,
            "huge": 10**17,
            "truth": False,
            "list": ["a", "b"],
            "odd": ["a\nb", None, 1],
            "empty": [],
            HOSTILE: "x",
        },
        metals=({"name": "gold", "purity": 750, "weight": 3.2, "secret": True}, {"name": None, "unknown": HOSTILE}),
        gemstones=({"code": "S-1", "type": "diamond", "carat": 0.5, "clarity": "odd clarity"},),
        trade=Trade(
            product_type=ProductType.SET,
            unrepeatable=True,
            auto_refill=True,
            quantity_alert=0,
            location=HOSTILE,
            videos=("https://a/v",),
            variation=Variation("R0", "size", " 52"),
        ),
    )
)
PLAIN = completed(ProductContent(sku="P", name="Plain", regular_price=10_0000, trade=Trade()))


def pairs_of(state):
    """Return what a browser sends of a form: line ends as it writes them, those of single lines left out."""
    prose = {"description", "category", "search_keywords", "images", "videos"}
    pairs = [(name, _sent(text, is_prose=name in prose)) for name, text in state.values.items()]
    pairs += [(name, "on") for name in sorted(state.flags)]
    for at, row in enumerate(state.attributes):
        pairs.append((f"attributes.{at}.name", _sent(row.name, is_prose=False)))
        pairs.append((f"attributes.{at}.kind", row.text.kind))
        pairs.append((f"attributes.{at}.value", _sent(row.text.text, is_prose=True)))
    for kind in ("metals", "gemstones"):
        for at, row in enumerate(getattr(state, kind)):
            pairs.append((f"{kind}.{at}.was", row.was))
            known = {name: text for name, text in row.values.items() if name not in {"secret", "unknown"}}
            pairs += [(f"{kind}.{at}.{name}", _sent(text, is_prose=False)) for name, text in known.items()]
    return pairs


def _sent(text, *, is_prose):
    text = text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", "\r\n" if is_prose else "")


def read(state, old=None, settings=SETTINGS):
    """Return what a form says."""
    return ProductFormReader(settings, old).content(state)


def faults(state, old=None):
    """Return what is wrong with a form."""
    with pytest.raises(InvalidFieldsError) as caught:
        read(state, old)
    return dict(caught.value.faults)


def changed(state, **values):
    """Return a form with other texts."""
    return replace(state, values={**state.values, **values})


def blank():
    """Return the form of a product that has only what it must have."""
    return state_of(ProductContent(sku="N", name="New"))


@pytest.mark.parametrize("product", [FULL, PLAIN], ids=lambda one: one.sku)
def test_what_nobody_touched_stays_exactly_as_it_is(product):
    sent = sent_state(Values(pairs_of(state_of(product))))
    content = read(sent, product)
    assert completed(content) == completed(replace(product, metals=product.metals or (), gemstones=content.gemstones))
    assert content.gemstones == (product.gemstones or ())


def test_a_form_of_a_new_product_says_all_of_it():
    state = ProductState(
        values={
            **blank().values,
            "sku": " R-2 ",
            "name": " Ring ",
            "group_id": "",
            "description": " a\r\nb ",
            "regular_price": "1.290,50",
            "promotion_price": "€ 990",
            "currency": "eur",
            "quantity": "",
            "category": "Jewelry>Rings\r\n\r\n Gold ",
            "images": "https://a/1.jpg",
            "product_type": "loose",
            "quantity_alert": "3",
            "videos": "",
            "variation_parent": "R-1",
            "variation_field": "size",
            "variation_value": "54",
        },
        flags=frozenset({"active", "auto_refill"}),
        attributes=[
            AttributeRow("finish", AttributeText("text", " matte ")),
            AttributeRow("stones", AttributeText("number", "1,200")),
            AttributeRow("ratio", AttributeText("number", "1.50")),
            AttributeRow("grams", AttributeText("number", "90071992547409930")),
            AttributeRow("engraved", AttributeText("boolean", "yes")),
            AttributeRow("tags", AttributeText("list", "a\r\n b \r\n\r\n")),
            AttributeRow("any", AttributeText("json", '[1, null, "x"]')),
            AttributeRow(" ", AttributeText("text", " ")),
        ],
        metals=[PartRow("", {"name": "18K White Gold", "karat": "18", "weight": "3.2 g"}), PartRow("", {"name": ""})],
        gemstones=[PartRow("9", {"type": "diamond", "carat": "1/2", "clarity": "vs1"})],
    )
    assert read(state) == ProductContent(
        sku="R-2",
        name="Ring",
        description=" a\nb ",
        regular_price=1290_5000,
        promotion_price=990_0000,
        currency="EUR",
        category=("Jewelry>Rings", "Gold"),
        images=("https://a/1.jpg",),
        attributes={
            "finish": " matte ",
            "stones": 1200,
            "ratio": 1.5,
            "grams": 90071992547409930.0,
            "engraved": True,
            "tags": ["a", "b"],
            "any": [1, None, "x"],
        },
        metals=({"name": "gold", "karat": "18", "weight": 3.2, "purity": 750, "color": "white"},),
        gemstones=({"type": "diamond", "carat": 0.5, "clarity": "VS1"},),
        trade=Trade(
            product_type=ProductType.LOOSE,
            quantity_alert=3,
            auto_refill=True,
            variation=Variation("R-1", "size", "54"),
        ),
    )


def test_every_field_says_what_is_wrong_with_it():
    state = ProductState(
        values={
            **blank().values,
            "regular_price": "cheap",
            "promotion_price": "-1",
            "currency": "euro",
            "quantity": "1.5",
            "product_type": "toy",
            "quantity_alert": "few",
            "variation_parent": "",
            "variation_field": "size",
        },
        flags=frozenset(),
        attributes=[
            AttributeRow("", AttributeText("text", "x")),
            AttributeRow("a", AttributeText("number", "x")),
            AttributeRow("b", AttributeText("json", "{}")),
            AttributeRow("c", AttributeText("strange", "")),
            AttributeRow("d", AttributeText("text", "")),
            AttributeRow("d", AttributeText("text", "")),
        ],
        metals=[PartRow("", {"name": "gold", "weight": "heavy"}), PartRow("", {"weight": "-1"})],
        gemstones=[PartRow("", {}), PartRow("", {"type": "diamond", "clarity": "dirty"})],
    )
    found = faults(state)
    assert [*found] == [
        *("regular_price", "promotion_price", "currency", "quantity"),
        *("attributes.0.name", "attributes.1.value", "attributes.2.value", "attributes.3.value", "attributes.5.name"),
        *("metals.0.weight", "metals.1.weight", "gemstones.1.clarity"),
        *("product_type", "quantity_alert", "variation_parent", "variation_value"),
    ]
    assert found["attributes.5.name"] == "stands here twice"
    assert found["metals.0.weight"] == "must be a weight in grams such as 3.2"
    assert found["promotion_price"] == "must not be negative"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"sku": ""}, {"sku": "must have 1 to 50 characters"}),
        ({"name": "  "}, {"name": "must not be empty"}),
        ({"group_id": ".."}, {"group_id": "must not be a dot segment"}),
    ],
)
def test_what_no_product_may_be_is_told_at_its_field(values, expected):
    assert faults(changed(blank(), **values)) == expected


def test_a_changed_property_leaves_the_others_of_its_part_alone():
    state = state_of(FULL)
    rows = [*state.metals]
    rows[0] = PartRow("0", {"name": "gold", "purity": "750", "weight": "3.4", "color": "", "finish": ""})
    content = read(replace(state, metals=rows, gemstones=[]), FULL)
    assert content.metals == ({**FULL.metals[0], "weight": 3.4}, FULL.metals[1])
    assert content.gemstones == ()


def test_a_part_of_which_all_is_emptied_goes():
    state = state_of(FULL)
    rows = [PartRow("0", {"name": " ", "purity": "", "weight": ""}), state.metals[1]]
    assert read(replace(state, metals=rows), FULL).metals == (FULL.metals[1],)


def test_rows_are_added_and_removed_where_that_is_asked_for():
    pairs = pairs_of(state_of(FULL))
    state = sent_state(Values([*pairs, ("remove_row", "metals.0"), ("add_row", "gemstones")]))
    assert [row.was for row in state.metals] == ["1"]
    assert [row.was for row in state.gemstones] == ["0", ""]
    assert sent_state(Values([("add_row", "attributes")])).attributes == [AttributeRow()]
    assert sent_state(Values([("add_row", "users"), ("remove_row", "metals.9")])).metals == []


def test_what_the_catalog_refuses_is_told_at_the_row_of_the_attribute():
    state = replace(blank(), attributes=[AttributeRow("finish"), AttributeRow("stones")])
    assert faults_of(InvalidValueError("attributes.stones", "is whole"), state) == {"attributes.1.value": "is whole"}
    assert faults_of(InvalidValueError("attributes.other", "is whole"), state) == {"attributes.other": "is whole"}
    assert faults_of(InvalidFieldsError((("groupID", "x"), ("sku", "y"))), state) == {"group_id": "x", "sku": "y"}


@pytest.mark.parametrize("was", ["9" * 5000, "\u0660", "-1", "1.0"])
def test_a_place_that_no_part_can_have_is_that_of_a_new_one(was):
    state = replace(state_of(FULL), metals=[PartRow(was, {"name": "silver"})])
    assert read(state, FULL).metals == ({"name": "silver"},)

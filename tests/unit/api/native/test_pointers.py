"""JSON pointers of fields as the domain names them."""

from __future__ import annotations

import pytest

from facetry.api.native.documents import converted
from facetry.api.native.pointers import pointer_of
from facetry.api.native.product_body import ProductBody
from facetry.domain.errors import BadDocumentError


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ("quantity", "/quantity"),
        ("groupID", "/group_id"),
        ("regularPrice", "/regular_price"),
        ("product", ""),
        ("", ""),
        ("gemstones[0].color", "/gemstones/0/color"),
        ("attributes.a.b/c~d", "/attributes/a.b~1c~0d"),
        ("attributes.", "/attributes/"),
        ("..", "/.."),
    ],
)
def test_a_field_has_a_pointer(field, pointer):
    assert pointer_of(field) == pointer


@pytest.mark.parametrize(
    ("document", "pointer", "message"),
    [
        ([], "", "expected object, got array"),
        ({"variation": 3}, "/variation", "expected object | null, got int"),
        ({"images": [1]}, "/images/0", "expected str, got int"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(document, pointer, message):
    with pytest.raises(BadDocumentError) as caught:
        converted(document, ProductBody)
    assert (caught.value.pointer, caught.value.message) == (pointer, message)


def test_a_value_of_an_attribute_has_no_place_of_its_own():
    with pytest.raises(BadDocumentError) as caught:
        converted({"attributes": {"a": {}}}, ProductBody)
    assert caught.value.pointer == "/attributes"

"""The stored form of edits of many products: what is on disk stays readable."""

from __future__ import annotations

import pytest

from facetry.domain.bulk_edit import BulkEdit, EditRefusal, EditStatus
from facetry.domain.edits import (
    AddCategory,
    AddStock,
    AddToPrice,
    PriceField,
    RemoveCategory,
    ReplaceCategory,
    Rounding,
    ScalePrice,
    SetActive,
    SetPrice,
    SetStock,
)
from facetry.engines.sqlite import documents

EDIT = BulkEdit(
    id=4,
    edit=ScalePrice(-50_000, PriceField.REGULAR, Rounding.ENDING_99),
    query="query=q%3Dring",
    by="Ada",
    status=EditStatus.STOPPED,
    created=1.5,
    touched=2.5,
    total=9,
    done=4,
    last="R4",
    changed=2,
    unchanged=1,
    refused=1,
    refusals=(EditRefusal("R1", "invalid_value", "no"),),
    error="why",
)
EDIT_DOC = (
    b'{"record":"bulk_edit","id":4,"edit":{"type":"scale_price","percent":-50000,"field":"regular","rounding":".99"},'
    b'"query":"query=q%3Dring","by":"Ada","status":"stopped","created":1.5,"touched":2.5,"total":9,"done":4,"last":"R4",'
    b'"changed":2,"unchanged":1,"refused":1,"refusals":[{"sku":"R1","code":"invalid_value","message":"no"}],"error":"why"}'
)
SMALL = [
    (SetPrice(1, "USD"), b'{"type":"set_price","price":1,"currency":"USD","field":"both"}'),
    (
        AddToPrice(-1, "USD"),
        b'{"type":"add_to_price","amount":-1,"currency":"USD","field":"both","rounding":"exact"}',
    ),
    (SetStock(3), b'{"type":"set_stock","quantity":3}'),
    (AddStock(-3), b'{"type":"add_stock","change":-3}'),
    (SetActive(active=False), b'{"type":"set_active","active":false}'),
    (AddCategory("A"), b'{"type":"add_category","path":"A"}'),
    (RemoveCategory("A"), b'{"type":"remove_category","path":"A"}'),
    (ReplaceCategory("A", "B"), b'{"type":"replace_category","old":"A","new":"B"}'),
]


def test_an_edit():
    assert documents.encode_record(EDIT) == EDIT_DOC
    assert documents.decode_record(EDIT_DOC) == EDIT


@pytest.mark.parametrize(("edit", "doc"), SMALL)
def test_what_is_edited(edit, doc):
    stored = b'{"record":"bulk_edit","id":1,"edit":' + doc + b"}"
    assert documents.encode_record(BulkEdit(id=1, edit=edit)) == stored
    assert documents.decode_record(stored) == BulkEdit(id=1, edit=edit)

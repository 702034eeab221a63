"""What errors become, and what is told of lists of records."""

import pytest

from facetry.api.client.action import Result
from facetry.api.client.codes import Code
from facetry.api.client.errors import listed, result_of
from facetry.domain import errors
from facetry.domain.errors import (
    FacetryError,
    IndexBehindError,
    InsufficientStockError,
    InvalidFieldsError,
    MissingFieldsError,
    ProductExistsError,
)

MISSING = MissingFieldsError(("title",))
TAKEN = ProductExistsError("R1")


def test_all_records_went_well():
    assert listed([{"id": 1}, {"id": 2}], "product") == Result([{"id": 1}, {"id": 2}])
    assert listed([], "product") == Result([])


def test_one_record_is_repeated_beside_data():
    assert listed([{"id": 1}], "product") == Result([{"id": 1}], extra={"product": {"id": 1}})
    assert listed([{"id": 1}]) == Result([{"id": 1}])


def test_some_records_failed():
    told = listed([{"id": 1}, MISSING, TAKEN, 4], "product")
    assert (told.code, told.detail, told.extra) == (Code.PARTIAL, "2 of 4 records failed", {})
    taken = "product with SKU R1 exists already"
    assert told.data == [
        {"index": 0, "result": {"code": 100, "message": "OK"}, "id": 1},
        {
            "index": 1,
            "result": {"code": 302, "message": "Partial Content in Data: missing: title"},
            "missing": ["title"],
        },
        {
            "index": 2,
            "result": {"code": 303, "message": f"Invalid Data: {taken}"},
            "errors": [{"path": "sku", "message": taken}],
        },
        {"index": 3, "result": {"code": 100, "message": "OK"}, "value": 4},
    ]


def test_all_records_failed():
    told = listed([TAKEN, MISSING])
    assert (told.code, told.detail) == (Code.INVALID, "all 2 records failed")
    assert [entry["result"]["code"] for entry in told.data] == [303, 302]


def test_one_record_that_fails_alone_is_told_as_if_it_had_not_been_in_a_list():
    assert listed([MISSING], "product") == result_of(MISSING)
    assert result_of(MISSING) == Result({"missing": ["title"]}, Code.PARTIAL, "missing: title")


def test_faults_by_path():
    assert result_of(InvalidFieldsError((("metals.0.purity", "x"), ("price", "y")))).data == {
        "errors": [{"path": "metals.0.purity", "message": "x"}, {"path": "price", "message": "y"}]
    }
    assert result_of(InsufficientStockError("R1", 3, 2)).data == {
        "errors": [{"path": "quantity", "message": "product with SKU R1 has 2 in stock, 3 are wanted"}],
        "sku": "R1",
        "left": 2,
    }
    assert result_of(IndexBehindError(7)) == Result(
        {"revision": 7}, Code.FAILED, "stored as revision 7, not yet searchable"
    )


ARGUMENTS = {"skus": ("a",), "faults": (("a", "b"),), "names": ("a",), "revision": 1, "last": 0, "version": 1}


@pytest.mark.parametrize(
    "kind", [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, FacetryError)]
)
def test_every_error_becomes_some_code(kind):
    names = kind.__init__.__code__.co_varnames[1 : kind.__init__.__code__.co_argcount]
    numbers = {"wanted", "left", "wait_seconds", "position"}
    error = kind(*(ARGUMENTS.get(name, 1 if name in numbers else "x") for name in names))
    told = result_of(error)
    assert told.code in set(Code) - {Code.OK}
    assert told.detail

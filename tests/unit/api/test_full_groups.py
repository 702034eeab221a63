import json

from facetry.api.catalog.replies import error_reply
from facetry.api.client.codes import Code
from facetry.api.client.errors import result_of
from facetry.api.native.problems import error_answer
from facetry.domain.errors import GroupFullError

FULL = GroupFullError("G1", 5000)
TOLD = "product group with ID G1 may have 5000 products at most"


def test_what_each_surface_says_of_a_full_group():
    first = error_reply(FULL, "r")
    message = "Product Group with ID G1 has 5000 products, which is the most ..."
    assert (first.status, json.loads(first.body)) == (200, {"success": False, "code": "INVALID", "message": message})
    result = result_of(FULL)
    assert (result.code, result.detail) == (Code.INVALID, TOLD)
    assert result.data == {"errors": [{"path": "model", "message": TOLD}]}
    native = error_answer(FULL, "r")
    problem = json.loads(native.body)
    assert (native.status, problem["code"], problem["detail"]) == (409, "group_full", TOLD)
    assert (problem["group_id"], problem["limit"]) == ("G1", 5000)

import json

import pytest

from facetry.api.client.action import Result
from facetry.api.client.codes import Code
from facetry.api.client.envelope import answer_of, long_answer_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
async def test_a_long_answer_is_the_same_byte_for_byte(count):
    data = [{"index": at, "name": f'Ring "{at}" \u20ac'} for at in range(count)]
    result = Result(data, Code.PARTIAL, "1 of some failed", {"batch_id": 7})
    headers = ((b"retry-after", b"3"),)
    found = await long_answer_of(result, "f" * 32, http_errors=True, headers=headers)
    assert found == answer_of(result, "f" * 32, http_errors=True, headers=headers)
    assert json.loads(found.body)["data"] == data
    assert (found.status, json.loads(found.body)["batch_id"]) == (400, 7)


async def test_what_is_no_list_is_written_as_it_is():
    result = Result({"errors": [{"path": "a", "message": "b"}]}, Code.INVALID)
    assert await long_answer_of(result, "0" * 32) == answer_of(result, "0" * 32)

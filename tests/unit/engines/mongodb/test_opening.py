"""URLs of MongoDB that are refused before anything is sent; no message tells what they hold."""

from __future__ import annotations

import pytest

from facetry.domain.errors import StoreError
from facetry.engines.mongodb.opening import open_database

pytestmark = pytest.mark.anyio

CERTIFICATES = "names a file of certificates that cannot be read"
OPTION = "has an option that is not known, or a value that it cannot have"


@pytest.mark.parametrize(
    ("end", "problem"),
    [
        ("", "is not valid"),
        ("h:99999/x", "is not valid"),
        ("u:pw@@h/x", "is not valid"),
        ("h/a b", "is not valid"),
        ("u:pw@h/x?encrypted=true", OPTION),
        ("u:pw@h/x?tls=maybe", OPTION),
        ("u:pw@h/x?tls=true&tlsCAFile=no/such/file", CERTIFICATES),
    ],
)
async def test_what_cannot_be_used_is_refused(end, problem):
    with pytest.raises(StoreError) as told:
        await open_database(f"mongodb://{end}")
    assert told.value.message == f"the URL of MongoDB {problem}"

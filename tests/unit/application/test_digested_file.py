"""Files that arrive in pieces."""

import hashlib

import pytest

from facetry.application.digested_file import DigestedFile
from facetry.domain.errors import FileTooLargeError

pytestmark = pytest.mark.anyio


async def pieces(*given):
    for one in given:
        yield one


async def test_the_digest_is_that_of_the_whole_file():
    file = DigestedFile(pieces(b"ab", b"", b"c"), 3)
    assert [piece async for piece in file.pieces()] == [b"ab", b"", b"c"]
    assert file.digest == hashlib.blake2b(b"abc", digest_size=16).hexdigest()


async def test_a_file_is_not_read_beyond_what_it_may_have():
    with pytest.raises(FileTooLargeError) as refused:
        await DigestedFile(pieces(b"ab", b"cd"), 3).read()
    assert refused.value.limit == 3

"""Names of indexes that tenants can be in."""

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.placement import check_index_name, own_index


def test_each_tenant_has_an_index_of_its_own_whatever_its_id():
    assert own_index("a") != own_index("b")
    assert own_index("\ud800/é").startswith("own-")


def test_names_for_several_tenants():
    for name in ("large", "a", "eu-2", "x" * 40):
        check_index_name(name)
    for name in ("", "Large", "1a", "-a", "a_b", "x" * 41, "own-a", "é"):
        with pytest.raises(InvalidValueError):
            check_index_name(name)

"""What roles may do."""

from __future__ import annotations

import pytest

from facetry.domain.user import Role

MAY = {
    Role.VIEWER: {Role.VIEWER},
    Role.EDITOR: {Role.VIEWER, Role.EDITOR},
    Role.OWNER: {Role.VIEWER, Role.EDITOR, Role.OWNER},
    Role.OPERATOR: {Role.OPERATOR},
}


@pytest.mark.parametrize("role", Role)
def test_each_role_covers_those_before_it_but_for_the_operators(role):
    assert {needed for needed in Role if role.covers(needed)} == MAY[role]

"""The limit of open files: every open file of the index counts, whatever the system begins with."""

from __future__ import annotations

import resource

import pytest

from facetry.bootstrap.file_limit import ENOUGH_FILES
from facetry.bootstrap.service import open_service
from facetry.settings import Settings


@pytest.fixture
def limits():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.anyio
async def test_a_low_limit_is_raised_as_far_as_the_system_grants(tmp_path, limits):
    hard = limits[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    async with open_service(Settings(data=tmp_path)):
        granted = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, ENOUGH_FILES)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (granted, hard)


@pytest.mark.usefixtures("limits")
@pytest.mark.anyio
async def test_a_limit_that_was_raised_is_left_alone(tmp_path):
    async with open_service(Settings(data=tmp_path)):
        first = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with open_service(Settings(data=tmp_path)):
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == first

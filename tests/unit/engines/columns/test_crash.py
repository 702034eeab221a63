from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from facetry.domain.change import Delta
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import Tuning
from facetry.testing.search_samples import TENANT, found, single

TUNING = Tuning(tier_factor=2, tier_groups=2, inline_groups=4, inline_builds=1, saved_groups=4, unsaved_groups=16)
LAST = 20_000
WRITER = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_crash import write_for_ever
asyncio.run(write_for_ever(Path(sys.argv[1])))
"""


def delta(revision: int) -> Delta:
    """Return what a revision changes: always the same, so that the log can be replayed from anywhere."""
    draw = random.Random(revision)
    ids = draw.sample(range(80), 6)
    return Delta(
        revision=revision,
        groups=tuple(single(f"{number:02}", name=f"w{revision}") for number in ids[:4]),
        gone=tuple(f"{number:02}" for number in ids[4:]),
    )


def catalog(revision: int) -> dict[str, str]:
    names: dict[str, str] = {}
    for number in range(1, revision + 1):
        change = delta(number)
        names.update({group.group_id: group.name for group in change.groups})
        for group_id in change.gone:
            names.pop(group_id, None)
    return names


async def write_for_ever(directory: Path) -> None:
    index = ColumnsSearchIndex(directory, tuning=TUNING)
    start = await index.revision(TENANT) or 0
    sys.stdout.write(f"{start}\n")
    sys.stdout.flush()
    for revision in range(start + 1, LAST):
        await index.apply(TENANT, delta(revision), "en")
        if revision % 5 == 0:
            await index.checkpoint(TENANT)


async def replayed(directory: Path) -> int:
    """Check that what was left can be brought up to date, and return the revision up to which it was complete."""
    index = ColumnsSearchIndex(directory, writer=False, tuning=TUNING)
    held = await index.revision(TENANT) or 0
    last = held + 29
    for revision in range(held + 1, last + 1):
        await index.apply(TENANT, delta(revision), "en")
    expected = catalog(last)
    groups = await index.groups_after(TENANT, "", 100)
    assert {group.group_id: group.name for group in groups} == expected
    named = [group_id for group_id in sorted(expected) if expected[group_id] == f"w{last}"]
    assert await found(index, f"w{last}") == named
    await index.close()
    return held


@pytest.mark.slow
def test_killing_the_writer_at_any_moment_loses_no_checkpoint(tmp_path):
    draw = random.Random(1)
    seen = [0]
    # A slow machine needs longer for its first checkpoint, so the lives of the writers grow until there is one.
    while len(seen) < 9 or (seen[-1] == 0 and len(seen) < 40):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(Path(__file__).parent)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert int(child.stdout.readline()) == seen[-1]
            time.sleep(draw.uniform(0.02, 0.1) * len(seen))
            child.kill()
        seen.append(asyncio.run(replayed(tmp_path)))
    assert seen == sorted(seen)
    assert seen[-1] > 0

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from facetry.domain.change import Delta
from facetry.domain.field_query import GROUP_FIELDS
from facetry.engines.columns.kernels import compiler
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import Tuning
from facetry.engines.columns.warming import warm_up
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.testing.search_samples import FACETS, TENANT, find, single

IS_COMPILED = not numba.config.DISABLE_JIT
SIGNATURES = """
from facetry.engines.columns.kernels import addresses, choosing, collecting, counting, filtering, merging, ordering
from facetry.engines.columns.kernels import posting_counts, searching
from facetry.engines.columns.warming import warm_up
warm_up()
modules = (addresses, choosing, collecting, counting, filtering, merging, ordering, posting_counts, searching)
kernels = {k for m in modules for k in vars(m).values() if hasattr(k, "signatures")}
print(sorted(kernel.py_func.__name__ for kernel in kernels if len(kernel.signatures) != 1))
"""
# These are called by other kernels only, into which they are compiled.
INNER = [
    *("compare", "count_at", "count_dense", "count_rows", "first_from", "fold_field", "_compiled", "is_before"),
    *("_compiled_bytes", "count_small", "is_below", "sift_down", "sink"),
]


@pytest.mark.anyio
async def test_compiled_or_not_the_engine_answers_like_the_reference():
    draw = random.Random(5)
    words = ["gold", "ring", "rings", "chain", "5", "rose"]
    columns = ColumnsSearchIndex(None, tuning=Tuning(tier_factor=2, tier_groups=2, slice_work=3))
    memory = MemorySearchIndex()
    for revision in range(1, 12):
        groups = tuple(
            single(str(n), name=" ".join(draw.choices(words, k=4)), color=draw.choice(words), regular_price=n * 10**5)
            for n in draw.sample(range(30), 6)
        )
        delta = Delta(revision=revision, groups=groups, gone=(str(draw.randrange(30, 40)),))
        for index in (columns, memory):
            await index.apply(TENANT, delta, "en")
        for text in ("gold", "ring 5", "rose gold chain"):
            expected = await find(memory, text, *GROUP_FIELDS, facets=FACETS, offset=2, explain=True)
            assert await find(columns, text, *GROUP_FIELDS, facets=FACETS, offset=2, explain=True) == expected
    await columns.close()


def test_warming_up_can_be_repeated():
    warm_up()
    warm_up()


@pytest.mark.skipif(not IS_COMPILED, reason="nothing is compiled here")
def test_every_kernel_is_compiled_once_by_warming_up():
    printed = subprocess.run([sys.executable, "-c", SIGNATURES], capture_output=True, check=True, text=True)
    assert set(ast.literal_eval(printed.stdout)) <= set(INNER)


def test_kernels_work_where_nothing_can_be_kept(monkeypatch):
    def no_folder(**options: object):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(compiler.numba, "njit", no_folder)
    assert compiler.kernel(abs)(-3) == 3


@pytest.mark.skipif(not IS_COMPILED, reason="nothing is compiled here")
def test_kernels_are_kept_in_the_folder_that_is_named(tmp_path: Path):
    code = (
        "import numpy as np; from facetry.engines.columns.kernels.searching import count_live as kernel;"
        "assert kernel(np.zeros(1, np.int32), 0, 1, np.ones(1, np.uint8)) == 1"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert [path.suffix for path in sorted(tmp_path.rglob("*count_live*"))] == [".nbc", ".nbi"]

"""Every statement finds its rows by an index: what is fast with ten products is fast with a million."""

from __future__ import annotations

import re

import pytest

from facetry.engines.sqlite import follower, reader, records, tenancy, view, writing
from facetry.engines.sqlite.connection import open_writer
from facetry.engines.sqlite.schema import migrate

STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}{number}": sql
    for module in (follower, reader, records, tenancy, view, writing)
    for name, value in vars(module).items()
    for number, sql in enumerate(value if isinstance(value, tuple) else [value])
    if isinstance(sql, str) and sql.split()[:1] and sql.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}
}
WHOLE_TABLE = {"reader._REVISIONS0", "reader._TENANTS0", "tenancy._NAMES0"}


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    connection = open_writer(tmp_path_factory.mktemp("data") / "catalog.sqlite3")
    migrate(connection)
    yield connection
    connection.close()


def plan(database, name):
    sql = STATEMENTS[name]
    numbered = [int(number) for number in re.findall(r"\?([0-9]+)", sql)]
    values = (1,) * max(numbered, default=sql.count("?"))
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


def test_all_are_here():
    assert len(STATEMENTS) == 66


@pytest.mark.parametrize("name", STATEMENTS)
def test_it_uses_an_index(database, name):
    # The rows of a parameter's list and of the page that was found are all wanted.
    wanted = ("SCAN wanted", "SCAN g")
    scans = [step for step in plan(database, name) if step.startswith("SCAN") and not step.startswith(wanted)]
    assert bool(scans) == (name in WHOLE_TABLE)


def test_a_flag_is_found_without_reading_its_group(database):
    assert plan(database, "view._FLAGGED0") == [
        "SEARCH products USING INDEX products_flagged (tenant=? AND group_id=?)"
    ]

"""Ways to read texts as files, for tests of formats."""

import io

from facetry.application.interchange.detection import open_reader
from facetry.application.interchange.mapping import parse_mapping
from facetry.application.interchange.values import read_content


def lines(text):
    """Return the lines of a text as a source gives them."""
    return iter(io.StringIO(text, newline=""))


def records(text, wanted=None, mapping=None):
    """Return the records of a text in the format that it shows, or in a wanted one."""
    parsed = parse_mapping(mapping) if mapping is not None else None
    return list(open_reader(lines(text), wanted, parsed)[1].records())


def contents(text, mapping=None):
    """Return the contents of a text whose records are all fit to be stored."""
    read = [record.problems or read_content(record.values) for record in records(text, mapping=mapping)]
    assert [problems for problems in read if isinstance(problems, tuple)] == []
    return read


def problems(text, mapping=None):
    """Return line, field, value and reason of all that is wrong in a text."""
    found = []
    for record in records(text, mapping=mapping):
        wrong = record.problems or read_content(record.values)
        if isinstance(wrong, tuple):
            found += [(record.line, problem.field, problem.value, problem.reason) for problem in wrong]
    return found

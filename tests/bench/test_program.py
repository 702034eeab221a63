import pytest

from bench.program import command


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match=r"^tenant rotate nobody .* ended with status 1: facetry: .*nobody"):
        command("tenant", "rotate", "nobody", "--api-key", "--yes", "--data", str(tmp_path))

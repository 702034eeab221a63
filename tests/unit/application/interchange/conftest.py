"""Files to import."""

import pytest


@pytest.fixture
def write(tmp_path):
    """Return what writes a file and returns its path."""

    def written(text, name="products.ndjson"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written

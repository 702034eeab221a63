"""Files of the dashboard at paths that name what is in them."""

import pytest

from facetry.dashboard.static_files import STATIC, StaticFiles
from facetry.http.answer import CachePolicy


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "base.css").write_text("a { color: red }")
    (tmp_path / "secret.py").write_text("no")
    return tmp_path


def test_a_file_is_kept_for_good_under_its_version(folder):
    files = StaticFiles(folder)
    assert files.url("css/base.css") == f"{STATIC}/{files.version}/css/base.css"
    answer = files.answer(files.url("css/base.css"))
    assert answer is not None
    assert (answer.body, answer.policy) == (b"a { color: red }", CachePolicy.IMMUTABLE)


def test_under_another_version_it_is_not_kept(folder):
    answer = StaticFiles(folder).answer(f"{STATIC}/old/css/base.css")
    assert answer is not None
    assert answer.policy is CachePolicy.NO_STORE


def test_what_is_no_file_of_a_page_is_not_there(folder):
    files = StaticFiles(folder)
    for name in ("secret.py", "css", "../secret.py", "css/../secret.py", ""):
        assert files.answer(f"{STATIC}/{files.version}/{name}") is None
    with pytest.raises(KeyError):
        files.url("secret.py")


def test_another_content_is_another_version(folder):
    before = StaticFiles(folder).version
    (folder / "css" / "base.css").write_text("a { color: blue }")
    assert StaticFiles(folder).version != before

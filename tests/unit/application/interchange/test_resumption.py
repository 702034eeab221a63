import pytest

from facetry.application.interchange.resumption import SUFFIX, Confirmed, Resumption

DONE = Confirmed(products=500, last_sku="A", created=400, replaced=90)


@pytest.fixture
def resumption(tmp_path):
    return Resumption(tmp_path / "state", tmp_path / "shop.csv", "t", "run")


def test_what_is_saved_is_loaded_until_it_is_forgotten(resumption, tmp_path):
    assert resumption.load() == Confirmed()
    assert resumption.save(DONE)
    assert resumption.load() == DONE
    files = list((tmp_path / "state").iterdir())
    assert [path.name.startswith("shop.csv.") and path.name.endswith(SUFFIX) for path in files] == [True]
    resumption.forget()
    resumption.forget()
    assert resumption.load() == Confirmed()
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "tenant", "run"), [("other.csv", "t", "run"), ("shop.csv", "u", "run"), ("shop.csv", "t", "other run")]
)
def test_another_import_does_not_see_it(resumption, tmp_path, name, tenant, run):
    resumption.save(DONE)
    other = Resumption(tmp_path / "state", tmp_path / name, tenant, run)
    assert other.load() == Confirmed()
    assert resumption.load() == DONE


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"version":0,"run":"","confirmed":{}}'])
def test_a_damaged_file_is_no_progress(resumption, tmp_path, content):
    resumption.save(DONE)
    next((tmp_path / "state").iterdir()).write_bytes(content)
    assert resumption.load() == Confirmed()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "state").write_text("no folder")
    resumption = Resumption(tmp_path / "state", tmp_path / "shop.csv", "t", "run")
    assert not resumption.save(DONE)
    assert resumption.load() == Confirmed()
    resumption.forget()


def test_a_file_in_the_folder_of_its_progress_may_move_with_it(tmp_path):
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
    here = Resumption(tmp_path / "here", tmp_path / "here" / "upload", "t", "run")
    here.save(DONE)
    (kept,) = (tmp_path / "here").iterdir()
    kept.rename(tmp_path / "there" / kept.name)
    there = Resumption(tmp_path / "there", tmp_path / "there" / "upload", "t", "run")
    assert (there.load(), here.load()) == (DONE, Confirmed())

import gc

import pytest

from facetry.bootstrap.doctor import examination, servers
from facetry.domain.checkup import Health
from facetry.settings import Settings
from tests.program import free_port


def found(settings):
    return {one.name: (one.health, one.told) for one in examination.examine(settings)}


@pytest.fixture
def nowhere(tmp_path):
    port = free_port()
    return Settings(
        data=tmp_path / "none",
        store=f"mongodb://user:secret@127.0.0.1:{port}/db?serverSelectionTimeoutMS=700",
        search=f"opensearch://127.0.0.1:{port}",
        cache=f"redis://127.0.0.1:{port}",
    )


# Where the driver of MongoDB gives an attempt to connect up, it leaves the socket to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed:ResourceWarning")
def test_engines_that_do_not_answer_are_named_without_secrets(nowhere):
    told = found(nowhere)
    gc.collect()
    assert {name: health for name, (health, _) in told.items() if name not in {"versions", "kernels"}} == {
        "settings": Health.GOOD,
        "store": Health.BAD,
        "master key": Health.WARNING,
        "search": Health.BAD,
        "cache": Health.BAD,
        "tenants": Health.BAD,
    }
    assert told["store"][1].endswith("MongoDB does not answer")
    assert told["cache"][1].endswith("does not answer")
    assert "secret" not in str(told)
    assert not nowhere.data.exists()


def test_a_master_key_of_the_settings_is_good():
    told = servers.master_key(Settings(store="mongodb://a", master_key="ab" * 32))
    assert (told.health, told.told) == (Health.GOOD, "comes from the settings")


def test_engines_that_do_not_go_together_are_told():
    health, told = found(Settings(store="memory:", search="opensearch://a"))["settings"]
    assert (health, told) == (
        Health.BAD,
        "setting search: an index that lasts needs a store that does, not memory:",
    )

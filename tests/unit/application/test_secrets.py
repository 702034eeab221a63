import pytest

from facetry.application.secrets import Vault, new_id, new_key, new_label
from facetry.domain.errors import SettingError

KEY = bytes(range(32))


def test_what_is_sealed_opens_under_the_same_key():
    sealed = Vault(KEY).seal(b"secret")
    assert b"secret" not in sealed
    assert Vault(KEY).open(sealed) == b"secret"


def test_two_seals_of_one_secret_differ():
    vault = Vault(KEY)
    assert vault.seal(b"secret") != vault.seal(b"secret")


@pytest.mark.parametrize("damage", [lambda s: s[:-1] + bytes([s[-1] ^ 1]), lambda s: s[:5]])
def test_a_damaged_seal_is_refused(damage):
    vault = Vault(KEY)
    with pytest.raises(SettingError, match="does not open"):
        vault.open(damage(vault.seal(b"secret")))


def test_another_master_key_opens_nothing():
    with pytest.raises(SettingError, match="does not open"):
        Vault(bytes(32)).open(Vault(KEY).seal(b"secret"))


def test_digests_depend_on_secret_and_master_key():
    digests = {Vault(k).digest(s) for k in (KEY, bytes(32)) for s in ("a", "b", "\ud800")}
    assert len(digests) == 6
    assert {len(d) for d in digests} == {32}


def test_a_short_master_key_is_refused():
    with pytest.raises(SettingError, match="32 bytes"):
        Vault(b"short")


def test_new_names_are_random_and_safe():
    assert new_key() != new_key()
    assert len(bytes.fromhex(new_id())) == 12
    assert len(bytes.fromhex(new_label())) == 5

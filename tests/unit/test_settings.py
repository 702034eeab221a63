from pathlib import Path

import pytest

from facetry.domain.errors import SettingError
from facetry.settings import Settings, load

LIMIT_RULE = "must be action=size/leak, as product_sold=40/2"
RULE = "must be origins such as https://shop.example, without a path, or *"


def test_defaults():
    assert load({}, {}) == Settings()


def test_a_flag_beats_the_environment_and_the_environment_beats_the_file(tmp_path):
    file = tmp_path / "facetry.toml"
    file.write_text('port = 1\nworkers = 2\nhost = "file"\n')
    settings = load({"port": 3, "workers": None}, {"FACETRY_WORKERS": "4", "FACETRY_PORT": "5"}, file)
    assert (settings.port, settings.workers, settings.host) == (3, 4, "file")


def test_values_of_the_environment_are_read_as_their_type():
    settings = load(
        {}, {"FACETRY_DEMO": "true", "FACETRY_DRAIN_SECONDS": "2.5", "FACETRY_DATA": "/somewhere", "OTHER": "x"}
    )
    assert (settings.demo, settings.drain_seconds, settings.data) == (True, 2.5, Path("/somewhere"))


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        ("https://a.example, http://localhost:3000 ,", ("https://a.example", "http://localhost:3000")),
        ("http://[::1]:8080,app://shop", ("http://[::1]:8080", "app://shop")),
    ],
)
def test_a_list_of_the_environment_has_commas(text, origins):
    assert load({}, {"FACETRY_CORS_ORIGINS": text}).cors_origins == origins


def test_limits_and_proxies_are_lists():
    given = {"FACETRY_CLIENT_API_LIMITS": "product_sold=40/2, a=1/0.5", "FACETRY_TRUSTED_PROXIES": ""}
    settings = load({}, given)
    assert settings.client_api_limits == ("product_sold=40/2", "a=1/0.5")
    assert settings.trusted_proxies == ()


def test_a_list_of_the_file_is_a_list(tmp_path):
    file = tmp_path / "facetry.toml"
    file.write_text('cors_origins = ["https://a.example", "*"]\n')
    assert load({}, {}, file).cors_origins == ("https://a.example", "*")


def test_journals_take_fractions_and_nothing_negative():
    settings = load({}, {"FACETRY_JOURNAL_RATE": "0", "FACETRY_JOURNAL_REQUESTS_DAYS": "0.5"})
    assert (settings.journal_rate, settings.journal_requests_days) == (0.0, 0.5)
    for value in ("-1", "inf", "nan"):
        with pytest.raises(SettingError, match="setting journal_counts_days must not be negative"):
            load({}, {"FACETRY_JOURNAL_COUNTS_DAYS": value})


def test_variables_of_tests_and_scripts_are_left_alone():
    assert load({}, {"FACETRY_TEST_DATA": "x", "FACETRY_REQUIRE": "all", "FACETRY_WORKER": "1"}) == Settings()


@pytest.mark.parametrize(
    ("flags", "environment", "message"),
    [
        ({}, {"FACETRY_PROT": "1"}, "unknown setting prot as variable FACETRY_PROT; did you mean port?"),
        ({}, {"FACETRY_ZZZ": "1"}, "unknown setting zzz as variable FACETRY_ZZZ"),
        ({}, {"FACETRY_PORT": "x"}, "setting port: expected `int`, got `str`"),
        ({"port": 70000}, {}, "setting port must be from 0 to 65535"),
        ({"port": 0, "workers": 2}, {}, "setting port must be given where there are several workers"),
        ({"workers": 0}, {}, "setting workers must be from 1 to 64"),
        ({"tls_cert": "a.pem"}, {}, "setting tls_cert and tls_key go together"),
        ({"index_wait_seconds": 0}, {}, "setting index_wait_seconds must be greater than 0"),
        ({"linger_seconds": -1}, {}, "setting linger_seconds must not be negative"),
        ({"drain_seconds": -1}, {}, "setting drain_seconds must be greater than 0"),
        ({"cache_megabytes": -1}, {}, "setting cache_megabytes must not be negative"),
        ({"import_megabytes": 0}, {}, "setting import_megabytes must be at least 1"),
        ({"import_days": 0}, {}, "setting import_days must be greater than 0"),
        ({"change_log_revisions": -1}, {}, "setting change_log_revisions must not be negative"),
        ({"log_level": "loud"}, {}, "setting log_level must be debug, info, warning or error"),
        *(
            ({}, {"FACETRY_CORS_ORIGINS": f"https://good.example,{bad}"}, f"setting cors_origins {RULE}")
            for bad in (
                "shop.example",
                "https://shop.example/",
                "https://",
                "https://SHOP.example",
                "null",
                "https://*.x",
            )
        ),
        *(
            ({}, {"FACETRY_CLIENT_API_LIMITS": bad}, f"setting client_api_limits {LIMIT_RULE}")
            for bad in (
                "a",
                "a=1",
                "a=0/1",
                "a=1/0",
                "a=1/0.0",
                "a=-1/1",
                "A=1/1",
                "a=1/1/1",
                "a=1.5/1",
                "a=1/nan",
                "=1/1",
            )
        ),
        ({"tenant_limit": "5"}, {}, f"setting tenant_limit {LIMIT_RULE}"),
        (
            {"client_api_require_https": "yes"},
            {},
            "setting client_api_require_https must be auto, always or never",
        ),
        ({"cors_origins": ["x"]}, {}, f"setting cors_origins {RULE}"),
        ({"master_key": "abc"}, {}, "setting master_key must be 64 hexadecimal digits"),
        ({"master_key": "ab"}, {}, "setting master_key must be 64 hexadecimal digits"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(flags, environment, message):
    with pytest.raises(SettingError) as caught:
        load(flags, environment)
    assert caught.value.message == message


def test_an_unknown_name_in_the_file_is_refused(tmp_path):
    file = tmp_path / "facetry.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(SettingError) as caught:
        load({}, {}, file)
    assert caught.value.message == f"unknown setting prot in {file}; did you mean port?"


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    file = tmp_path / "facetry.toml"
    file.write_bytes(content)
    with pytest.raises(SettingError, match=r"cannot read settings file .*facetry\.toml"):
        load({}, {}, file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingError, match="cannot read settings file"):
        load({}, {}, tmp_path / "none.toml")

"""How a request arrived, as a server under each rule sees it."""

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.tenant import HttpsRule
from facetry.http.transport import Transport

PROXY, REMOTE, LOCAL = "10.1.2.3", "192.0.2.1", "127.0.0.1"
TRUSTED = ["10.1.0.0/16", "2001:db8::1"]


def arrived(peer, scheme="http", **headers):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"scheme": scheme, "client": peer and (peer, 1), "headers": [(b"host", b"x"), *named]}


HTTPS = {"x_forwarded_proto": "https"}
CASES = [
    # What arrived, and whether it is answered under always and under auto.
    (arrived(REMOTE), False, False),
    (arrived(REMOTE, "https"), True, True),
    (arrived(REMOTE, **HTTPS), False, False),
    (arrived(LOCAL), False, True),
    (arrived("::1"), False, True),
    (arrived("::ffff:127.0.0.1"), False, True),
    (arrived("127.9.9.9"), False, True),
    (arrived(LOCAL, **HTTPS), False, False),
    (arrived(LOCAL, x_forwarded_for=REMOTE), False, False),
    (arrived(LOCAL, via="1.1 proxy"), False, False),
    (arrived(PROXY), False, False),
    (arrived(PROXY, **HTTPS), True, True),
    (arrived("::ffff:10.1.2.3", **HTTPS), True, True),
    (arrived("2001:db8::1", **HTTPS), True, True),
    (arrived("2001:db8::2", **HTTPS), False, False),
    (arrived(PROXY, x_forwarded_proto="HTTPS , http"), True, True),
    (arrived(PROXY, x_forwarded_proto="http, https"), False, False),
    (arrived(PROXY, x_forwarded_proto=""), False, False),
    (arrived(PROXY, forwarded='for="[::1]:1";Proto=HTTPS;by=x, for=b;proto=http'), True, True),
    (arrived(PROXY, forwarded='proto="https"'), True, True),
    (arrived(PROXY, forwarded="for=a;proto=http"), False, False),
    (arrived(PROXY, forwarded="for=proto=https"), False, False),
    (arrived(PROXY, forwarded="proto=https", x_forwarded_proto="http"), False, False),
    (arrived(PROXY, forwarded="for=a", x_forwarded_proto="https"), True, True),
    (arrived(PROXY, x_forwarded_for=REMOTE), False, False),
    (arrived(""), False, False),
    (arrived("unix:"), False, False),
    (arrived(None), False, False),
]


@pytest.mark.parametrize(("scope", "always", "auto"), CASES)
def test_rules(scope, always, auto):
    assert Transport(HttpsRule.ALWAYS, TRUSTED).allows(scope) is always
    assert Transport(HttpsRule.AUTO, TRUSTED).allows(scope) is auto
    assert Transport(HttpsRule.NEVER, TRUSTED).allows(scope) is True


def test_a_repeated_header_must_say_the_same_each_time():
    scope = arrived(PROXY, **HTTPS)
    scope["headers"].append((b"x-forwarded-proto", b"http"))
    assert not Transport(HttpsRule.ALWAYS, TRUSTED).allows(scope)


def test_a_proxy_on_this_machine_decides_by_its_header():
    transport = Transport(HttpsRule.AUTO, ["127.0.0.0/8", "::1"])
    assert transport.allows(arrived(LOCAL, **HTTPS))
    assert not transport.allows(arrived(LOCAL, x_forwarded_proto="http"))
    assert not transport.allows(arrived(LOCAL, x_forwarded_for=REMOTE))


@pytest.mark.parametrize(
    ("server", "own", "local", "remote"),
    [
        (HttpsRule.NEVER, HttpsRule.NEVER, True, True),
        (HttpsRule.NEVER, HttpsRule.AUTO, True, False),
        (HttpsRule.NEVER, HttpsRule.ALWAYS, False, False),
        (HttpsRule.AUTO, HttpsRule.NEVER, True, False),
        (HttpsRule.AUTO, HttpsRule.ALWAYS, False, False),
        (HttpsRule.ALWAYS, HttpsRule.NEVER, False, False),
    ],
)
def test_a_tenant_can_only_be_stricter(server, own, local, remote):
    transport = Transport(server, [])
    assert (transport.allows(arrived(LOCAL), own), transport.allows(arrived(REMOTE), own)) == (local, remote)


@pytest.mark.parametrize("name", ["proxy.example", "10.0.0.1/8", "", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(name):
    with pytest.raises(InvalidValueError) as refused:
        Transport(HttpsRule.AUTO, [name])
    assert refused.value.field == "trusted_proxies"
    assert refused.value.message == f"must be addresses or networks, {name!r} is none"


@pytest.mark.parametrize(
    ("scope", "address"),
    [
        (arrived(None), ""),
        (arrived("a socket"), "a socket"),
        (arrived(REMOTE), REMOTE),
        (arrived(REMOTE, x_forwarded_for="192.0.2.9"), REMOTE),
        (arrived(PROXY), PROXY),
        (arrived(PROXY, x_forwarded_for=REMOTE), REMOTE),
        (arrived(PROXY, x_forwarded_for=f"192.0.2.9, {REMOTE} , 10.1.9.9"), REMOTE),
        (arrived(PROXY, x_forwarded_for="10.1.9.9, 10.1.9.8"), PROXY),
        (arrived(PROXY, x_forwarded_for=f"{REMOTE}, unknown"), PROXY),
        (arrived(PROXY, x_forwarded_for=""), PROXY),
        (arrived("2001:db8::1", x_forwarded_for="2001:DB8::0:7"), "2001:db8::7"),
        (arrived("::ffff:10.1.2.3", x_forwarded_for="::ffff:192.0.2.1"), REMOTE),
    ],
)
def test_failures_count_for_who_called_not_for_the_proxy(scope, address):
    assert Transport(HttpsRule.AUTO, TRUSTED).address(scope) == address


def test_of_a_repeated_header_the_last_hop_counts():
    scope = arrived(PROXY, x_forwarded_for="192.0.2.9")
    scope["headers"].append((b"x-forwarded-for", REMOTE.encode()))
    assert Transport(HttpsRule.AUTO, TRUSTED).address(scope) == REMOTE

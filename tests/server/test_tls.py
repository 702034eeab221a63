"""HTTPS: a certificate of one's own, and a new one without a stop."""

from __future__ import annotations

import signal
import ssl
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.api.server import product
from tests.program import HOST, Program, new_tenant, run_process, wait_until


class Certificate:
    """A self-signed certificate for this machine, and its key, in PEM."""

    def __init__(self, name):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.der = certificate.public_bytes(serialization.Encoding.DER)
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def write(self, folder):
        (folder / "key.pem").write_bytes(self.key)
        (folder / "cert.pem").write_bytes(self.pem)


@pytest.fixture(scope="module")
def certificates():
    return [Certificate(name) for name in ("first", "second")]


@pytest.fixture
def secured(data, certificates, request):
    context = ssl.create_default_context(cadata="".join(c.pem.decode() for c in certificates))
    certificates[0].write(data.parent)
    flags = ("--tls-cert", data.parent / "cert.pem", "--tls-key", data.parent / "key.pem", "--workers", request.param)
    with Program(data, *flags, "--search", "memory:", tls=context) as server:
        yield server


def served(server):
    """Return the certificates that new connections get."""
    found = set()
    for _ in range(12):
        with server.connect() as connection:
            found.add(connection.handshake())
    return found


def serves(server, certificate):
    """Return whether this certificate has replaced the one before; meanwhile a connection may be refused."""
    try:
        return served(server) == {certificate.der}
    except OSError:
        return False


@pytest.mark.parametrize("secured", ["1", "2"], ids=["one process", "two processes"], indirect=True)
def test_it_serves_https_and_takes_a_new_certificate_without_a_stop(secured, certificates, data):
    first, second = certificates
    token = secured.login(new_tenant(data))
    assert secured.output.startswith(f"Facetry serves {data} on https://{HOST}:{secured.port} ")
    with secured.connect(token) as old:
        assert old.handshake() == first.der
        assert old.post(product("A", "A")).json["success"]
        assert served(secured) == {first.der}

        second.write(data.parent)
        assert served(secured) == {first.der}
        secured.send(signal.SIGHUP)
        wait_until(lambda: serves(secured, second))
        with secured.connect(token) as new:
            assert new.product("A").json["sku"] == "A"
            assert new.post(product("B", "B")).json["success"]
    # Once more, with the same files: whoever renews often must not wear it out.
    for _ in range(3):
        secured.send(signal.SIGHUP)
    wait_until(lambda: serves(secured, second))
    plain = Program(data)
    plain.port = secured.port
    with plain.connect() as connection, pytest.raises((OSError, HTTPException)):
        connection.get("/healthz")
    assert secured.stop() == 0
    assert "Traceback" not in secured.log


@pytest.mark.parametrize("secured", ["1"], indirect=True)
def test_files_that_cannot_be_used_leave_the_old_certificate_in_place(secured, certificates, data):
    first, second = certificates
    (data.parent / "cert.pem").write_bytes(second.pem)
    secured.send(signal.SIGHUP)
    wait_until(lambda: "cannot be used: key values mismatch" in secured.log)
    assert served(secured) == {first.der}
    (data.parent / "cert.pem").unlink()
    secured.send(signal.SIGHUP)
    wait_until(lambda: f"setting tls_cert: cannot read {data.parent}/cert.pem" in secured.log)
    assert served(secured) == {first.der}
    second.write(data.parent)
    secured.send(signal.SIGHUP)
    wait_until(lambda: serves(secured, second))


@pytest.mark.parametrize("secured", ["2"], indirect=True)
def test_a_request_under_way_outlives_the_change(secured, certificates, data):
    token = secured.login(new_tenant(data))
    with secured.connect(token) as old:
        old.get("/healthz")
        old.send_head("POST", "/catalog/v1/products", 2)
        certificates[1].write(data.parent)
        secured.send(signal.SIGHUP)
        wait_until(lambda: serves(secured, certificates[1]))
        assert old.finish(b"{}").status == 422
    assert secured.stop() == 0


@pytest.mark.parametrize("missing", ["cert.pem", "key.pem"])
def test_missing_files_are_named(data, certificates, missing):
    certificates[0].write(data.parent)
    (data.parent / missing).unlink()
    flags = ("--tls-cert", data.parent / "cert.pem", "--tls-key", data.parent / "key.pem")
    name = f"tls_{missing.removesuffix('.pem')}"
    line = f"facetry: setting {name}: cannot read {data.parent / missing}\n"
    assert run_process("serve", "--data", data, "--port", "0", *flags) == (1, "", line)


def test_files_that_do_not_fit_are_refused(data, certificates):
    certificates[0].write(data.parent)
    (data.parent / "key.pem").write_bytes(certificates[1].key)
    flags = ("--tls-cert", data.parent / "cert.pem", "--tls-key", data.parent / "key.pem")
    outcome = run_process("serve", "--data", data, "--port", "0", *flags)
    assert outcome.status == 1
    (line,) = outcome.err.splitlines()
    assert line == f"facetry: setting tls_cert: {flags[1]} and {flags[3]} cannot be used: key values mismatch"

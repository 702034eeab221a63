"""The second factor: a secret that is shared once, and codes that are good once."""

from __future__ import annotations

import pyotp
import pytest

from facetry.domain.account_errors import SignInRefusedError, UserNotFoundError
from facetry.domain.errors import InvalidValueError, TooManyAttemptsError
from tests.unit.application.accounts import Office

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(anyio_backend):
    office = Office()
    await office.open()
    return office


async def test_a_secret_is_kept_once_a_code_was_given(office):
    user = await office.add()
    proposed = office.factor.propose(user)
    assert proposed.uri == f"otpauth://totp/Facetry:ruth%40example.com?secret={proposed.secret}&issuer=Facetry"
    assert office.factor.described(user, proposed.secret) == proposed
    with pytest.raises(InvalidValueError) as told:
        await office.factor.confirm(user, proposed.secret, "000000")
    assert told.value.field == "code"
    assert (await office.users.get("t", user.id)).totp == b""
    code = office.code(pyotp.TOTP(proposed.secret))
    done = await office.factor.confirm(user, proposed.secret, f" {code[:3]} {code[3:]} ")
    assert proposed.secret.encode() not in done.totp
    assert office.vault.open(done.totp) == proposed.secret.encode()
    with pytest.raises(SignInRefusedError):
        await office.factor.use(done, code)


@pytest.mark.parametrize("secret", ["", "A" * 31, "A" * 33, "a" * 32, "1" * 32, "é" * 32])
async def test_a_secret_of_somebody_elses_making_is_refused(office, secret):
    user = await office.add()
    with pytest.raises(InvalidValueError):
        await office.factor.confirm(user, secret, "123456")


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_clock_may_be_wrong_by_one_step(office, steps, is_good):
    phone = await office.enrol(await office.add())
    office.clock.time += 300
    user = await office.users.by_email("t", "ruth@example.com")
    code = office.code(phone, steps)
    if is_good:
        assert (await office.factor.use(user, code)).totp_step == int(office.clock.time) // 30 + steps
    else:
        with pytest.raises(SignInRefusedError):
            await office.factor.use(user, code)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"])
async def test_what_is_no_code_is_refused(office, code):
    user = await office.add()
    await office.enrol(user)
    with pytest.raises(SignInRefusedError):
        await office.factor.use(await office.users.get("t", user.id), code)


async def test_guessing_codes_is_limited_wherever_it_comes_from(office):
    user = await office.add()
    phone = await office.enrol(user)
    office.clock.time += 60
    user = await office.users.get("t", user.id)
    for _ in range(10):
        with pytest.raises(SignInRefusedError):
            await office.factor.use(user, "abcdef")
    with pytest.raises(TooManyAttemptsError):
        await office.factor.use(user, office.code(phone))
    office.clock.time += 60
    await office.factor.use(user, office.code(phone))


async def test_a_code_of_the_secret_before_counts_no_more(office):
    user = await office.add()
    old = await office.enrol(user)
    seen = await office.users.get("t", user.id)
    await office.enrol(user)
    office.clock.time += 60
    with pytest.raises(SignInRefusedError):
        await office.factor.use(seen, office.code(old))


async def test_it_can_be_turned_off(office):
    user = await office.add()
    await office.enrol(user)
    done = await office.factor.disable("t", user.id)
    assert (done.totp, done.totp_step) == (b"", 0)
    with pytest.raises(UserNotFoundError):
        await office.factor.disable("other", user.id)

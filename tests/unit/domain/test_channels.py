"""Sales channels by number and name."""

import pytest

from facetry.domain.channels import CHANNELS, Channel, all_channels, channel_of, check_channels, sites_of
from facetry.domain.errors import InvalidValueError

OWN = (Channel(9000, "My Shop"), Channel(9100, "My Shop Paris", 9000), Channel(5000, "Bonanza Two"))


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        *((3000, 3000), ("3000", 3000), ("Etsy", 3000), (" etsy ", 3000), ("EBAY us", 1100), ("amazon.co.uk", 3600)),
        *((9000, 9000), ("myshop", 9000), ("bonanza two", 5000), (5000, 5000)),
    ],
)
def test_a_channel_is_known_by_number_and_name(raw, number):
    assert channel_of("channel", raw, OWN).number == number


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (True, "must be number or name of a channel"),
        (None, "must be number or name of a channel"),
        ([1000], "must be number or name of a channel"),
        ("Esty", "'Esty' is no channel, there is 3000 Etsy"),
        (
            7,
            (
                "'7' is no channel, there is 1000 eBay, 3000 Etsy, 3500 Amazon.com, 3600 Amazon.co.uk, 5000 Bonanza, "
                "5100 Shopify, 6000 Rapnet"
            ),
        ),
        ("x" * 99, "'" + "x" * 40),
    ],
)
def test_what_is_no_channel_is_refused_with_what_is_near(raw, message):
    with pytest.raises(InvalidValueError) as caught:
        channel_of("channel", raw)
    assert caught.value.message.startswith(message)
    assert caught.value.field == "channel"


def test_the_published_numbers_are_there():
    numbers = [1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 3000, 3500, 3600, 5000, 5100, 6000]
    assert [one.number for one in CHANNELS] == numbers
    assert [one.number for one in all_channels(OWN)] == [*numbers, 9000, 9100]
    check_channels(CHANNELS)


def test_a_channel_stands_for_its_sites():
    assert sites_of(1000) == {1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700}
    assert sites_of(3000) == {3000}
    assert sites_of(9000, OWN) == {9000, 9100}


@pytest.mark.parametrize(
    "own",
    [
        (Channel(1, "a"), Channel(1, "b")),
        (Channel(1, "etsy"),),
        (Channel(0, "a"),),
        (Channel(1, " "),),
        (Channel(1, "x" * 101),),
        (Channel(1, "a", 2),),
        (Channel(1, "a", 1),),
        tuple(Channel(n, str(n)) for n in range(10_000, 10_201)),
    ],
)
def test_what_a_tenant_cannot_add_is_refused(own):
    with pytest.raises(InvalidValueError) as caught:
        check_channels(own)
    assert caught.value.field == "channels"


def test_what_a_tenant_adds_is_checked():
    check_channels(OWN)
    check_channels(())

from facetry.domain.leaky_bucket import Bucket, level_of, take

NOW = 1_600_000_000.0


def test_no_more_fit_in_than_the_bucket_holds():
    vast = Bucket(size=5, leak=999_999_999.0)
    level, empty_at = take(vast, 0.0, NOW)
    assert (level.is_allowed, level.remaining) == (True, 5)
    assert level_of(vast, empty_at, NOW + 1).remaining == 5


def test_a_full_bucket_has_room_for_none():
    slow = Bucket(size=1, leak=0.5)
    first, empty_at = take(slow, 0.0, NOW)
    second, still = take(slow, empty_at, NOW + 1)
    assert (first.is_allowed, first.remaining, first.reset_seconds) == (True, 0, 2.0)
    assert (second.is_allowed, second.remaining, second.retry_seconds) == (False, 0, 1.0)
    assert (empty_at, still) == (NOW + 2, NOW + 2)

"""How often one caller may ask."""

from shared.web import rate_limits
from shared.web.rate_limits import RateLimit


def test_a_burst_is_served_and_then_the_steady_rate():
    now = [0.0]
    bucket = RateLimit(per_second=2, burst=3, clock=lambda: now[0])

    assert [bucket.take("ines") for _ in range(4)] == [0, 0, 0, 0.5]
    now[0] = 0.5
    assert [bucket.take("ines") for _ in range(2)] == [0, 0.5]


def test_callers_do_not_take_from_one_another():
    bucket = RateLimit(per_second=1, burst=1, clock=lambda: 0.0)
    bucket.take(("acme", "ines"))

    assert bucket.take(("halden", "ines")) == 0
    assert bucket.take(("acme", "ines")) > 0


def test_those_that_rest_are_forgotten(monkeypatch):
    monkeypatch.setattr(rate_limits, "FULL_AFTER", 10)
    now = [0.0]
    bucket = RateLimit(per_second=1, burst=1, clock=lambda: now[0])

    for caller in range(100):
        now[0] += 1
        bucket.take(caller)

    assert len(bucket._buckets) <= 10

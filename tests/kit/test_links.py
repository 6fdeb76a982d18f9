"""Links for people who never log in."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from shared.web.links import Link, LinkRefused, Links

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
KEY = "k" * 40
links = Links(KEY)


def test_a_link_says_what_it_was_signed_for():
    token = links.sign("pool", "acme", "c1", MONDAY + timedelta(days=30))

    assert links.open("pool", token, MONDAY) == Link("acme", "c1", MONDAY + timedelta(days=30))
    assert re.fullmatch(r"[A-Za-z0-9._-]+", token)


def test_a_link_for_another_purpose_does_not_open():
    token = links.sign("unsubscribe", "acme", "c1", None)

    with pytest.raises(LinkRefused) as refused:
        links.open("pool", token, MONDAY)

    assert refused.value.code == "link-other-purpose"


def test_a_link_expires():
    token = links.sign("pool", "acme", "c1", MONDAY)

    links.open("pool", token, MONDAY - timedelta(seconds=1))
    with pytest.raises(LinkRefused) as refused:
        links.open("pool", token, MONDAY)
    assert refused.value.code == "link-expired"


def test_a_link_without_an_end_opens_for_ever():
    token = links.sign("unsubscribe", "acme", "c1", None)

    assert links.open("unsubscribe", token, MONDAY + timedelta(days=36_500)).expires_at is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "..", "eyJhbGciOiJub25lIn0.eyJhdWQiOiJwb29sIn0."])
def test_what_we_never_signed_does_not_open(token):
    with pytest.raises(LinkRefused) as refused:
        links.open("pool", token, MONDAY)

    assert refused.value.code == "link-invalid"


def test_a_changed_link_does_not_open():
    head, body, signature = links.sign("pool", "acme", "c1", None).split(".")
    other = links.sign("pool", "acme", "c2", None).split(".")[1]

    for token in (f"{head}.{other}.{signature}", f"{head}.{body}.{signature[:-2]}AA"):
        with pytest.raises(LinkRefused):
            links.open("pool", token, MONDAY)


def test_keys_are_rotated_without_breaking_links_already_sent():
    old = links.sign("pool", "acme", "c1", None)
    rotated = Links(f"{'n' * 40}, {KEY}")

    assert rotated.open("pool", old, MONDAY).subject == "c1"
    with pytest.raises(LinkRefused):
        links.open("pool", rotated.sign("pool", "acme", "c1", None), MONDAY)

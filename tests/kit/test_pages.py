"""Cursors: what they name, and what is refused."""

import base64
import json
from datetime import UTC, datetime

import pytest

from shared.contracts import EARLIEST
from shared.web.cursors import BadCursor, following, opened, opened_at


def cursor(place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def test_a_cursor_names_the_last_row_and_a_page_that_is_not_full_has_none():
    rows = ["ana", "ben"]

    assert opened(following(rows, 2, lambda name: [name, "x"]), 2) == ["ben", "x"]
    assert following(rows, 3, lambda name: [name]) is None


def test_without_a_cursor_a_list_begins_at_the_beginning():
    assert opened(None, 2) == ["", ""]
    assert opened_at(None, 1) == (EARLIEST, [""])


def test_a_cursor_may_begin_with_an_instant():
    assert opened_at(cursor(["2026-11-02T09:00:00+01:00", "a1"]), 1) == (datetime(2026, 11, 2, 8, tzinfo=UTC), ["a1"])


@pytest.mark.parametrize(
    "wrong", ["?", "AAAA", cursor("a"), cursor({}), cursor(["a"]), cursor(["a", 1]), cursor(["a", "\0"]), "é"]
)
def test_any_other_cursor_is_refused(wrong):
    with pytest.raises(BadCursor):
        opened(wrong, 2)


@pytest.mark.parametrize("at", ["soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_cursor_with_an_instant_that_is_none_is_refused(at):
    with pytest.raises(BadCursor):
        opened_at(cursor([at, "a1"]), 1)

"""`talentloop dead-letters` on a terminal of 80 columns."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from cli.dead_letters import counted, listed
from shared.contracts import BY_TOPIC
from shared.kit.dead_letters import CODES, Count, Parked

FIELD, SOURCE, ORGANIZATION = "ratings.0.level", "https://ats.example.com/eu", "halden-robotics"


def shown(table) -> str:
    """What a terminal of 80 columns, or a pipe, gets of it."""
    console = Console(width=80, file=StringIO())
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize("topic", BY_TOPIC)
def test_no_word_is_cut_off_where_80_columns_are_all_there_is(topic):
    last = datetime(2026, 11, 26, 21, 5, tzinfo=UTC)
    letters = [
        Parked(17, topic, 3, 10234, ORGANIZATION, code, FIELD, "detail", 2, last, None, b"", []) for code in CODES
    ]

    said = shown(listed(letters)) + shown(
        counted([("notifications", Count(c, FIELD, topic, SOURCE, 3)) for c in CODES])
    )

    words = (topic, *CODES, FIELD, ORGANIZATION, SOURCE, "notifications", "2026-11-26 21:05", "tried 2 times")
    assert [word for word in words if word not in said] == []

"""How pages say when something was or will be."""

from datetime import timedelta

import pytest

from services.console.api.rendering import Times
from tests.console.words import NOW


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [
        ("en", 0, "1 minute ago"),
        ("en", -20, "1 minute ago"),
        ("en", 20, "in 1 minute"),
        ("de", 20, "in 1 Minute"),
        ("fr", -20, "il y a 1 minute"),
        ("es", 7200, "dentro de 2 horas"),
        ("en", -3 * 86400, "3 days ago"),
    ],
)
def test_nothing_was_or_will_be_no_minutes_ago(language, seconds, said):
    assert Times(language, "UTC", NOW).ago(NOW + timedelta(seconds=seconds)) == said

"""Numbers as readers of a language write them."""

from datetime import timedelta

from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent

_FEW_HOURS = timedelta(hours=48)


def percent(share: float, language: str) -> str:
    """Whole hundredths, such as "57%"."""
    return format_percent(share, "0%" if language == "en" else None, locale=language)


def number(value: float, language: str) -> str:
    """With one digit behind the point, such as "4.2"."""
    return format_decimal(value, "0.0", locale=language)


def span(hours: float, language: str) -> str:
    """How long; whole days from the second on."""
    length = timedelta(hours=hours)
    if length < _FEW_HOURS:
        return format_timedelta(length, "hour", threshold=48, format="short", locale=language)
    return format_timedelta(length, "day", threshold=10_000, format="short", locale=language)

"""Days and hours as people say them: in the language they read, by the clocks where they are."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

_LOCALES = {"en": "en_GB"}  # the day before the month
_AT = {"en": "{} at {}", "de": "{}, {} Uhr", "fr": "{} à {}", "es": "{}, a las {}"}


def locale_of(language: str) -> str:
    """Whose days and numbers a language is written with."""
    return _LOCALES.get(language, language)


def said_on(instant: datetime, zone: str, language: str) -> str:
    """`Thursday, 19 November 2026 at 10:00`; the clock of 24 hours. One of LANGUAGES."""
    local = instant.astimezone(ZoneInfo(zone))
    return _AT[language].format(format_date(local, "full", locale=locale_of(language)), f"{local:%H:%M}")


def said_day(instant: datetime, zone: str, language: str) -> str:
    """`19 November 2026`, by the clocks there."""
    return said_date(instant.astimezone(ZoneInfo(zone)).date(), language)


def said_date(day: date, language: str) -> str:
    """`19 November 2026`."""
    return format_date(day, "long", locale=locale_of(language))

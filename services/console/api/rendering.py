"""How the console looks: its templates, what each of them can say, and the headers that every page has."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta, get_timezone_location
from babel.numbers import format_decimal
from fastapi.responses import HTMLResponse

from services.console.api.places import Place
from services.console.calls.desk import Hole
from shared.web.dates import locale_of
from shared.web.pages import Pages

PACKAGE = "services.console"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action {}; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def policy(*, form_action: str = "") -> str:
    """What a page may do: load and call its own origin, and send forms there and, where one does, to another."""
    return _POLICY.format(f"'self' {form_action}".strip())


HEADERS = {"Content-Security-Policy": policy(), "Cross-Origin-Opener-Policy": "same-origin"}

PAGES = Pages(PACKAGE)
_MINUTE = timedelta(minutes=1)


@cache
def asset(name: str) -> bytes:
    """One of the files that pages load; the console's own look stands on the tokens of all pages, charts on it."""
    own = (files(PACKAGE) / "static" / name).read_bytes()
    if not name.endswith(".css"):
        return own
    return b"\n".join((PAGES.say("tokens.css").encode(), own, PAGES.say("charts.css").encode()))


@cache
def address_of(name: str) -> str:
    """Where a file is loaded from: its content is in the address, so that it may be kept for ever."""
    return f"/static/{hashlib.sha256(asset(name)).hexdigest()[:16]}/{name}"


class Times:
    """Instants as a reader in a language and a zone says them."""

    def __init__(self, language: str, zone: str, now: datetime) -> None:
        self.locale = locale_of(language)
        self.zone = ZoneInfo(zone)
        self.now = now

    def at(self, instant: datetime) -> str:
        """Such as "Mon 16 Nov, 08:00"; of another year with the year."""
        there = instant.astimezone(self.zone)
        skeleton = "MMMEd" if there.year == self.now.astimezone(self.zone).year else "yMMMEd"
        return f"{format_skeleton(skeleton, there, locale=self.locale)}, {there:%H:%M}"

    def there(self, instant: datetime, zone: str) -> str:
        """The same instant in another zone, by its city: "Mon 16 Nov, 00:00 Tokyo"."""
        city = get_timezone_location(zone, locale=self.locale, return_city=True)
        return f"{Times(self.locale, zone, self.now).at(instant)} {city}"

    def day(self, instant: datetime) -> str:
        """Such as "Monday, 16 November 2026"."""
        return format_date(instant.astimezone(self.zone), "full", locale=self.locale)

    def on(self, instant: datetime) -> str:
        """Such as "16 Nov 2027"."""
        return format_skeleton("yMMMd", instant, tzinfo=self.zone, locale=self.locale)

    def date(self, day: date) -> str:
        """The same of a day that is a day everywhere."""
        return format_skeleton("yMMMd", datetime.combine(day, time()), locale=self.locale)

    def ago(self, instant: datetime) -> str:
        """Such as "3 days ago" or "in 2 hours"; a minute at least."""
        away = instant - self.now
        shown = max(abs(away), _MINUTE) * (1 if away > timedelta(0) else -1)
        return format_timedelta(shown, granularity="minute", add_direction=True, locale=self.locale)

    def days_ago(self, days: int) -> str:
        """Such as "18 days ago"."""
        return format_timedelta(timedelta(days=-days), "day", threshold=10_000, add_direction=True, locale=self.locale)

    def country(self, code: str) -> str:
        """Such as "Germany", for DE."""
        return str(Locale.parse(self.locale).territories.get(code, code))

    def number(self, value: float) -> str:
        """Such as "2.5", as it is written here."""
        return format_decimal(value, "#,##0.##", locale=self.locale)

    def iso(self, instant: datetime) -> str:
        """For machines that read pages."""
        return format_datetime(instant, "yyyy-MM-dd'T'HH:mm:ssXXX", tzinfo=self.zone, locale="en")


def is_hole(value: object) -> bool:
    """True for a part of a page that its service did not give."""
    return isinstance(value, Hole)


_KNOWN: dict[str, Callable[..., Any] | type] = {"asset": address_of, "is_hole": is_hole, "Place": Place}


def show(template: str, *, language: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page with the console's headers."""
    page = PAGES.show(template, language=language, status=status, **{**_KNOWN, **values})
    page.headers.update(HEADERS)
    return page

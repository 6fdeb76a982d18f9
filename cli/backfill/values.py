"""What a cell means: clean text, slugs, dates."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cache

from babel import Locale

LONGEST_ID = 64
LONGEST_QUOTE = 80
TIME_FORMATS = (
    "%H:%M",
    "%H:%M:%S",
    "%H.%M",
    "%H:%M Uhr",
    "%H.%M Uhr",
    "%H Uhr",
    "%Hh%M",
    "%I:%M %p",
    "%I.%M %p",
    "%I %p",
)
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_AROUND_SEPARATORS = re.compile(r"\s*([-./])\s*")
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_DAY = 86_400
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?")
_SERIAL = re.compile(r"(\d{2})([.,' ]?)(\d{3})(?:[.,](\d{1,15}))?")
_WORD = re.compile(r"[^\W\d_]{3,}")
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WITH_CLOCK = ("%H", "%I", "%X", "%c")


def clean(cell: str) -> str:
    """A cell without outer spaces, doubled spaces, line breaks and invisible marks."""
    return " ".join(cell.translate(_INVISIBLE).split())


def slug(text: str) -> str:
    """Lower-case ASCII words joined by `-`. Letters ASCII cannot spell are told apart by a short digest."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = _NOT_IN_SLUGS.sub("-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")
    lost = any(c.isalnum() and not c.isascii() for c in plain)
    return f"{words}-{_digest(plain)}".lstrip("-") if lost else words


def shortened(name: str) -> str:
    """An id within 64 characters; what is cut off is told apart by a digest."""
    return name if len(name) <= LONGEST_ID else f"{name[: LONGEST_ID - 13].rstrip('-')}-{_digest(name)}"


def shortened_text(text: str) -> str:
    """A text as a message quotes it."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def read_date(cell: str, formats: Sequence[str], epoch: int = 1900) -> tuple[datetime, bool] | None:
    """The first format that fits, and whether it holds a time of day; None when no format fits.

    Dashes of all kinds are one, spaces beside `-`, `.` and `/` do not count: "25 – Apr-16" is "25-Apr-16". Months may
    have their names of many languages. ISO 8601 and Excel's numbers are tried last.
    """
    text = _spaceless(cell)
    for layout in formats:
        named = "%b" in layout or "%B" in layout
        try:
            found = datetime.strptime(  # noqa: DTZ007 -- the mapping's zone is put on later
                _with_months(text) if named else text, _spaceless(layout).replace("%B", "%b")
            )
        except ValueError:
            continue
        return found, any(part in layout for part in _WITH_CLOCK)
    return _iso(text) or _serial(text, epoch)


def read_time(cell: str, formats: Sequence[str]) -> time | None:
    """A time of day by the first format that fits, or as the part of a day that Excel keeps."""
    for layout in formats:
        try:
            return datetime.strptime(cell, layout).time()  # noqa: DTZ007 -- no day, no zone
        except ValueError:
            continue
    if part := re.fullmatch(r"0?[.,](\d{1,15})", cell):
        seconds = round(float(f"0.{part[1]}") * _DAY)
        return time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
    return None


def _iso(text: str) -> tuple[datetime, bool] | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text), len(text) > 10
    except ValueError:
        return None


def _serial(text: str, epoch: int) -> tuple[datetime, bool] | None:
    """Days since Excel's first; with either sign for decimals and thousands: 42485, 42.485,5 or 42,485.5."""
    if not (number := _SERIAL.fullmatch(text)):
        return None
    first = datetime(1904, 1, 1) if epoch == 1904 else datetime(1899, 12, 30)  # noqa: DTZ001 -- the mapping's zone
    seconds = round(float(f"0.{number[4] or 0}") * _DAY)
    return first + timedelta(days=int(number[1] + number[3]), seconds=seconds), bool(seconds)


@cache
def _months() -> dict[str, str]:
    """Names and short names of months in many languages, without case and dot: how English shortens them."""
    names: dict[str, str] = {"sept": "Sep"}
    for language in ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da"):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in Locale(language).months[context][width].items():
                    names.setdefault(name.rstrip(".").casefold(), _ENGLISH[number - 1])
    return names


def _with_months(text: str) -> str:
    return _WORD.sub(lambda word: _months().get(word[0].casefold(), word[0]), text)


def _spaceless(text: str) -> str:
    return _AROUND_SEPARATORS.sub(r"\1", text.translate(_DASHES)).strip()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]

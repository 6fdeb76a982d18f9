"""What a cell means: clean text, slugs, dates."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

LONGEST_ID = 64
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_AROUND_SEPARATORS = re.compile(r"\s*([-./])\s*")
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
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


def read_date(cell: str, formats: Sequence[str]) -> tuple[datetime, bool] | None:
    """The first format that fits, and whether it holds a time of day; None when no format fits.

    Dashes of all kinds are one, spaces beside `-`, `.` and `/` do not count: "25 – Apr-16" is "25-Apr-16".
    """
    text = _spaceless(cell)
    for layout in formats:
        try:
            found = datetime.strptime(text, _spaceless(layout))  # noqa: DTZ007 -- the mapping's zone is put on later
        except ValueError:
            continue
        return found, any(part in layout for part in _WITH_CLOCK)
    return None


def _spaceless(text: str) -> str:
    return _AROUND_SEPARATORS.sub(r"\1", text.translate(_DASHES)).strip()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]

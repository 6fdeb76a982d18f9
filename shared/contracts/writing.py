"""Spellings that look the same: one name, however an export or a keyboard wrote it."""

import unicodedata
from functools import lru_cache

# Signs of their own that show nothing, beside those of the categories Cf, Cc and Z.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_DASHES = frozenset("\u2212\u2043\u02d7")  # written like a dash, but of another category


@lru_cache(maxsize=4096)
def alike(text: str) -> str:
    """The form that spellings of one name share: composed, without case, one dash, nothing unseen."""
    if text.isascii():
        return text.casefold()
    form = text
    while (folded := _folded(form)) != form:
        form = folded
    return form


def is_invisible(text: str) -> bool:
    """Nothing of it can be seen."""
    return bool(text) and all(_shows_nothing(sign) or sign.isspace() for sign in text)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join("-" if _is_dash(sign) else sign for sign in plain if not _shows_nothing(sign))


def _is_dash(sign: str) -> bool:
    return unicodedata.category(sign) == "Pd" or sign in _DASHES


def _shows_nothing(sign: str) -> bool:
    return sign in _BLANK or "\ufe00" <= sign <= "\ufe0f" or unicodedata.category(sign) == "Cf"

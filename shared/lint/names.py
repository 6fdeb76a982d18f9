"""Other people's names in a text: whole, or any part that is a name of its own, however they are spelled."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, product
from typing import NamedTuple

from shared.lint.folding import fold, seen

SHORTEST = 3  # shorter parts are words of too many languages
_PARTICLES = frozenset((
    "van", "von", "vom", "zum", "zur", "der", "den", "del", "della", "las", "los", "les", "bin", "ibn", "dos", "das",
))  # fmt: skip
# Names that are words: in a text of capitals only, they need the rest of the name.
_WORDS = frozenset((
    "alt", "april", "art", "baker", "banks", "bauer", "berg", "bill", "black", "blanc", "blanco", "bob",
    "braun", "brown", "campos", "case", "chase", "cook", "cross", "cruz", "data", "day", "drew", "ernst",
    "faith", "field", "frank", "frei", "grace", "grant", "gray", "green", "grey", "gross", "hill", "hope",
    "java", "joy", "june", "jung", "king", "klein", "koch", "kurz", "lang", "legrand", "leon", "long", "luz",
    "mar", "marchand", "mark", "marsh", "max", "may", "neu", "noir", "page", "paz", "perl", "petit", "pilar",
    "power", "price", "rey", "rich", "rosa", "rose", "roux", "rubio", "ruby", "schwarz", "short", "sol",
    "sommer", "stern", "stone", "test", "weiss", "white", "will", "winter", "wood", "young",
))  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:\u0308|[\u0300-\u036f])*[^\W_]*")
_GAP = re.compile(r"[ \t\u00a0.'’‘ʼ´`‐‑–-]{0,3}")
_COMPOUND = re.compile(r"[‐‑-][A-ZÄÖÜ][a-zäöüß]{3,}")
_Forms = frozenset[str]


class _Word(NamedTuple):
    """A word of a text: its spellings, how it was written, where it ends."""

    forms: _Forms
    written: str
    start: int
    end: int


class _Wanted(NamedTuple):
    """A name, or a part of one: the spellings of its words."""

    words: tuple[_Forms, ...]
    is_whole: bool
    is_cased: bool


def spans_of_names(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where one of these names stands: with or without marks, hyphens and apostrophes, `ü` as `ue`.

    A part needs its capital ("mark" is a word, "Mark" a colleague; so is "Marks"); a whole name, or a part that is no
    word, is found in capitals, too. At each word only the names that begin with it are tried.
    """
    wanted = _by_first_words(tuple(names))
    visible, places = seen(text)
    words = list(_words_of(visible)) if wanted else []
    read_to = 0
    for position, word in enumerate(words):
        if word.start >= read_to and (end := _end_of_name(visible, words, position, wanted)):
            yield places[word.start], places[end - 1] + 1
            read_to = end


def _words_of(text: str) -> Iterator[_Word]:
    for word in _WORD.finditer(text):
        yield _Word(_forms(word[0]), word[0], word.start(), word.end())


@lru_cache(maxsize=4096)
def _forms(word: str) -> _Forms:
    return frozenset((fold(word).text, fold(word, umlauts=True).text))


def _end_of_name(
    text: str, words: Sequence[_Word], position: int, wanted: Mapping[tuple[str, ...], tuple[_Wanted, ...]]
) -> int | None:
    """Where the longest name that begins with this word ends, a genitive s included."""
    for name in (name for key in _keys(words[position : position + 2]) for name in wanted.get(key, ())):
        written = words[position : position + len(name.words)]
        if _is_named(name, written) and _stand_together(text, written) and not _names_a_thing(text, written[-1].end):
            return written[-1].end
    return None


def _keys(words: Sequence[_Word]) -> Iterator[tuple[str, ...]]:
    """How a name that begins here may be looked up: by two words, then by one; a genitive s belongs to neither."""
    spelled = [sorted(word.forms | {form.removesuffix("s") for form in word.forms}) for word in words]
    if len(words) > 1:
        yield from product(*spelled)
    yield from ((form,) for form in spelled[0])


def _names_a_thing(text: str, end: int) -> bool:
    """Whether a name only begins a compound, such as `Müller-Daten`."""
    return _COMPOUND.match(text, end) is not None


def _is_named(name: _Wanted, written: Sequence[_Word]) -> bool:
    """Whether these words are the name, spelled as a name is."""
    if len(written) < len(name.words):
        return False
    if not all(forms & word.forms for forms, word in zip(name.words[:-1], written[:-1], strict=True)):
        return False
    last = written[-1].forms
    if not name.words[-1] & (last | {form.removesuffix("s") for form in last}):
        return False
    return _is_spelled(name, [word.written for word in written])


def _is_spelled(name: _Wanted, written: Sequence[str]) -> bool:
    if not name.is_cased or (name.is_whole and len(name.words) > 1):
        return True
    if all(word.isupper() and len(word) > 1 for word in written):
        return len(written) > 1 or not name.words[0] & _WORDS
    return written[0][0].isupper()


def _stand_together(text: str, written: Sequence[_Word]) -> bool:
    return all(_GAP.fullmatch(text, one.end, other.start) for one, other in pairwise(written))


@lru_cache(maxsize=64)
def _by_first_words(names: tuple[str, ...]) -> dict[tuple[str, ...], tuple[_Wanted, ...]]:
    """First word or two, in any spelling -> the names, and parts of names, that begin so, the longest first."""
    found: dict[tuple[str, ...], set[_Wanted]] = {}
    for wanted in (one for name in names for one in _wanted(name)):
        for key in product(*wanted.words[:2]):
            found.setdefault(key, set()).add(wanted)
    return {key: tuple(sorted(known, key=_longest_first)) for key, known in found.items()}


def _longest_first(name: _Wanted) -> tuple[int, bool, list[list[str]]]:
    return -len(name.words), not name.is_whole, [sorted(forms) for forms in name.words]


def _wanted(name: str) -> Iterator[_Wanted]:
    """The whole name, and each part that is a name of its own; double ones in one word, too."""
    plain = unicodedata.normalize("NFC", name)
    whole = tuple(_forms(word[0]) for word in _WORD.finditer(plain))
    is_cased = plain.lower() != plain.upper()
    if whole and (plain.strip()[0].isupper() or not is_cased):
        yield _Wanted(whole, is_whole=True, is_cased=is_cased)
    for part in plain.split():
        letters = "".join(word[0] for word in _WORD.finditer(part))
        if len(letters) >= SHORTEST and part[0].isupper() and part.casefold() not in _PARTICLES:
            yield _Wanted(tuple(_forms(word[0]) for word in _WORD.finditer(part)), is_whole=False, is_cased=True)
            yield _Wanted((_forms(letters),), is_whole=False, is_cased=True)

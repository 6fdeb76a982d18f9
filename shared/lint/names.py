"""Other people's names in a text: whole, or any part that is a name of its own."""

import re
from collections.abc import Iterable, Iterator, Mapping

SHORTEST = 3  # shorter parts are words of too many languages
_PARTICLES = frozenset(("van", "von", "der", "den", "del", "della", "las", "los", "bin", "ibn", "dos", "das"))
_WORD = re.compile(r"\w+")
_END = re.compile(r"s?(?!\w)")


def spans_of_names(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where one of these names stands, written with a capital: "mark" is a word, "Mark" a colleague; so is "Marks".

    Word by word, and at each only the names that begin with it: many names cost no more than few.
    """
    by_word = _by_first_word(names)
    read_to = 0
    for word in _WORD.finditer(text):
        if word.start() >= read_to and (end := _end_of_name(text, word, by_word)):
            yield word.start(), end
            read_to = end


def _end_of_name(text: str, word: re.Match[str], by_word: Mapping[str, tuple[str, ...]]) -> int | None:
    """Where the longest name that begins with this word ends, a genitive s included."""
    start, names = word.start(), by_word.get(word[0]) or by_word.get(word[0].removesuffix("s")) or ()
    if not text.startswith(names, start):  # all at once: nearly always none does
        return None
    for name in [name for name in names if text.startswith(name, start)]:
        if end := _END.match(text, start + len(name)):
            return end.end()
    return None


def _by_first_word(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """First word -> the names, and parts of names, that begin with it, the longest first."""
    found: dict[str, list[str]] = {}
    parts = {part for name in names for part in _parts(name)}
    for part in sorted(parts, key=len, reverse=True):
        if first := _WORD.search(part):
            found.setdefault(first[0], []).append(part[first.start() :])
    return {first: tuple(others) for first, others in found.items()}


def _parts(name: str) -> Iterator[str]:
    whole = " ".join(name.split())
    if not whole:
        return
    if whole[0].isupper() or not whole.isascii():
        yield whole
    for part in whole.split():
        if len(part) >= SHORTEST and part[0].isupper() and part.casefold() not in _PARTICLES:
            yield part

"""Other people's names in a text: whole, or any part that is a name of its own."""

import re
from collections.abc import Iterable, Iterator

SHORTEST = 3  # shorter parts are words of too many languages
_PARTICLES = frozenset(("van", "von", "der", "den", "del", "della", "las", "los", "bin", "ibn", "dos", "das"))


def spans_of_names(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where one of these names stands, written with a capital: "mark" is a word, "Mark" a colleague; so is "Marks"."""
    parts = {part for name in names for part in _parts(name)}
    if parts:
        for found in re.finditer(
            rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, parts), key=len, reverse=True))})s?(?!\w)", text
        ):
            yield found.start(), found.end()


def _parts(name: str) -> Iterator[str]:
    whole = " ".join(name.split())
    if not whole:
        return
    if whole[0].isupper() or not whole.isascii():
        yield whole
    for part in whole.split():
        if len(part) >= SHORTEST and part[0].isupper() and part.casefold() not in _PARTICLES:
            yield part

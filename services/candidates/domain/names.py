"""What anybody is found by, in the pool or not: the words of their names, and their addresses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.candidates.domain.candidacies import Key
from services.candidates.domain.findable import words_of

LONGEST_ADDRESS = 254


class RegisteredNames(NamedTuple):
    """What somebody's profiles call them, and where they read mail."""

    names: Sequence[str] = ()
    addresses: Sequence[str] = ()


class NameWord(NamedTuple):
    """One word that somebody is found by."""

    organization: str
    candidate: str
    word: str


def name_words(registered: Mapping[Key, RegisteredNames]) -> list[NameWord]:
    """Every word that these people are found by, each once."""
    return [
        NameWord(*key, word)
        for key, known in sorted(registered.items())
        for word in sorted({*_words(known.names), *map(_address, known.addresses)})
    ]


def beginnings_of(text: str) -> list[str]:
    """How the words begin that are searched, the longest first: it leads to the fewest people."""
    found = {word for part in text.split() for word in ([_address(part)] if "@" in part else words_of(part))}
    return sorted(found, key=lambda word: (-len(word), word))


def _words(names: Iterable[str]) -> Iterable[str]:
    return (word for name in names for word in words_of(name))


def _address(address: str) -> str:
    return address.casefold()[:LONGEST_ADDRESS]

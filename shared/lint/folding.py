"""Text as the word lists see it: lower case, plain quotes and hyphens; and the way back to what was written."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_SAME = str.maketrans(
    {**dict.fromkeys("’‘ʼ´`", "'"), **dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("\u00a0\u2007\u202f\n\t\r", " ")}
)
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")  # soft hyphens and the like: they hide no word

MOST_LETTERS = 3  # of one sign


class Folded(NamedTuple):
    """Folded text, and for each of its characters where it came from and where that ended."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same words in what was written."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Letters with their marks in one piece, in lower case; spans of it lead back to the original."""
    if text.isascii():
        return Folded(text.lower().translate(_SAME), range(len(text)), range(1, len(text) + 1))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, letter in enumerate(text):
        if letter in _UNSEEN:
            continue
        if unicodedata.combining(letter) and characters:
            characters[-1] = unicodedata.normalize("NFC", characters[-1] + letter)[:1]
            ends[-1] = position + 1
            continue
        for one in _plain(letter).lower().translate(_SAME):
            characters.append(one)
            starts.append(position)
            ends.append(position + 1)
    return Folded("".join(characters), starts, ends)


def _plain(letter: str) -> str:
    """`ﬁ` as `fi`; signs that stand for whole phrases stay, as no text may grow by being read."""
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) <= MOST_LETTERS else letter

"""Text as the word lists see it: lower case, letters without marks, plain quotes and hyphens; and the way back."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_SAME = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ´`′", "'"), **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\t\r", " "), **dict.fromkeys("«»“”„‟", '"'),
        "ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    }
)  # fmt: skip
_UNSEEN_RANGES = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x180E, 0x180E),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
)  # fmt: skip
# Soft hyphens, joiners, directions: they hide no word.
_UNSEEN = frozenset(chr(sign) for first, last in _UNSEEN_RANGES for sign in range(first, last + 1))
_WITHOUT = dict.fromkeys(map(ord, _UNSEEN))
_DIAERESIS = "\u0308"
_UMLAUTS = {"a": "e", "o": "e", "u": "e"}  # ä, ö, ü as people type them without

MOST_LETTERS = 4  # of one sign, with their marks


class Folded(NamedTuple):
    """Folded text, and for each of its characters where it came from and where that ended."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same words in what was written."""
        return self.starts[start], self.ends[end - 1]


def seen(text: str) -> tuple[str, Sequence[int]]:
    """What a reader sees of a text, and where each of its characters stands: what is not seen hides no word."""
    if text.isascii() or len(visible := text.translate(_WITHOUT)) == len(text):
        return text, range(len(text))
    return visible, [place for place, sign in enumerate(text) if sign not in _UNSEEN]


def fold(text: str, *, umlauts: bool = False) -> Folded:
    """Letters in lower case and without their marks, `ä` as `ae` where a language has `umlauts`; spans lead back."""
    if text.isascii():
        return Folded(text.lower().translate(_SAME), range(len(text)), range(1, len(text) + 1))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, sign in enumerate(text):
        letters = _letters(sign, characters[-1] if umlauts and characters else "", umlauts)
        if not letters and ends and sign not in _UNSEEN:
            ends[-1] = position + 1  # a mark apart from its letter
        characters.extend(letters)
        starts.extend([position] * len(letters))
        ends.extend([position + 1] * len(letters))
    return Folded("".join(characters), starts, ends)


@lru_cache(maxsize=4096)
def _letters(sign: str, before: str, umlauts: bool) -> str:
    """`é` as `e`, `ﬁ` as `fi`; signs that stand for whole phrases stay, as no text may grow by being read."""
    if sign in _UNSEEN:
        return ""
    apart = unicodedata.normalize("NFKD", sign)
    folded = []
    for letter in apart.lower() if len(apart) <= MOST_LETTERS else sign:
        if not unicodedata.combining(letter):
            folded.append(letter.translate(_SAME))
            before = letter
        elif umlauts and letter == _DIAERESIS:
            folded.append(_UMLAUTS.get(before, ""))
    return "".join(folded)

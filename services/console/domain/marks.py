"""What the lint found, marked in the sentence it stands in."""

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """Some characters of a text, and what is wrong with them."""

    start: int
    end: int
    code: str


class Piece(NamedTuple):
    """Part of a text; `code` where something is wrong with it."""

    text: str
    code: str | None = None


def marked(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The text in pieces that together are the text. Of spans that overlap the first keeps what both cover."""
    pieces, at = [], 0
    for span in sorted(spans):
        start, end = max(span.start, at), min(span.end, len(text))
        if start >= end:
            continue
        pieces += [Piece(text[at:start]), Piece(text[start:end], span.code)]
        at = end
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]

"""Many values as one parameter: asyncpg encodes an array value by value, which takes three times as long."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

SEPARATOR, NULL = "\x1f", "\x1e"  # chr(31) and chr(30) in SQL; ids, lines and JSON hold no control characters


def joined(values: Sequence[str | None]) -> str:
    """The values as PostgreSQL parts them: `string_to_array($1, chr(31), chr(30))`. Raises ValueError.

    At least one, none of them empty. One that holds a separator would move those after it to other rows.
    """
    text = SEPARATOR.join([NULL if value is None else value for value in values])
    if not text or text.count(SEPARATOR) != len(values) - 1:
        raise ValueError("a value is empty or holds a separator")
    return text


def parted(pairs: Iterable[tuple[A, B]]) -> tuple[list[A], list[B]]:
    """Pairs as two parameters of one statement, which `unnest` joins again."""
    ordered = list(pairs)
    return [first for first, _ in ordered], [second for _, second in ordered]

"""Texts that are made to cost: pieces of the word lists' own patterns, repeated."""

import random
from collections.abc import Iterator
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

PLAIN = (
    "1/5 ", "-", "wir werden ", "a ", "é", " \n", "1.", "@", "a@", "a@a.", "e\u0301", "\u0301", "ﷺ", "(", "'", "a-",
    "dr ", "frau dr ", "dépressies", "you have ", "we will ", "no.", "\u00ad", "_", "A",
)  # fmt: skip
_CLASSES = {kinds.CATEGORY_SPACE: " ", kinds.CATEGORY_DIGIT: "1"}


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def units_of(pattern: str) -> Iterator[str]:
    """What each alternative matches, and how it begins: one that nearly matches costs most."""
    chance = random.Random(5)
    for alternative in _alternatives(parser.parse(pattern)):
        match = _some(alternative, chance)
        words = match.split()
        yield from {f"{match} ", f"{match}-", *(" ".join(words[:n]) + " " for n in range(1, len(words)))}


def _alternatives(tree: Any) -> Any:
    for kind, inner in tree:
        if kind is kinds.BRANCH:
            return inner[1]
        if kind is kinds.SUBPATTERN:
            return _alternatives(inner[3])
    return [tree]


def _some(tree: Any, chance: random.Random) -> str:
    return "".join(_one(kind, inner, chance) for kind, inner in tree)


def _one(kind: Any, inner: Any, chance: random.Random) -> str:
    match kind:
        case kinds.LITERAL | kinds.RANGE | kinds.CATEGORY | kinds.NEGATE:
            return _of_class(kind, inner)
        case kinds.IN:
            return _of_class(*chance.choice(inner))
        case kinds.BRANCH:
            return _some(chance.choice(inner[1]), chance)
        case kinds.SUBPATTERN:
            return _some(inner[3], chance)
        case kinds.MAX_REPEAT | kinds.MIN_REPEAT | kinds.POSSESSIVE_REPEAT:
            least, most, repeats = inner
            return "".join(_some(repeats, chance) for _ in range(chance.randint(least, min(int(most), least + 1))))
        case _:
            return "x" if kind in (kinds.ANY, kinds.NOT_LITERAL) else ""


def _of_class(kind: Any, inner: Any) -> str:
    if kind is kinds.CATEGORY:
        return _CLASSES.get(inner, "a")
    return chr(inner[0] if kind is kinds.RANGE else inner) if kind in (kinds.LITERAL, kinds.RANGE) else "x"

"""The items of a letter as a form holds them: rewritten, left out, and what is wrong with them."""

from collections.abc import Iterable, Mapping
from itertools import count, takewhile
from typing import NamedTuple

STRENGTH, DEVELOPMENT = "strength", "development"
AT_LEAST = {STRENGTH: 2, DEVELOPMENT: 1}  # of each side, or the letter is a short one


class Item(NamedTuple):
    """One item, by its number in the form. `language`: of what is written in it."""

    number: int
    side: str
    competency: str
    feedback: str
    language: str
    observed: str
    suggestion: str = ""
    is_left_out: bool = False


class Sentence(NamedTuple):
    """A text of the letter, by the field of the form that holds it."""

    field: str
    text: str
    language: str


def read_items(form: Mapping[str, str]) -> list[Item]:
    """The items in a form, in its order. A form that holds none gives none."""
    return [_item(form, number) for number in takewhile(lambda n: f"feedback-{n}" in form, count())]


def _item(form: Mapping[str, str], number: int) -> Item:
    def field(name: str) -> str:
        return form.get(f"{name}-{number}", "").replace("\r\n", "\n").strip()

    side = DEVELOPMENT if field("side") == DEVELOPMENT else STRENGTH
    texts = field("observed"), field("suggestion")
    return Item(number, side, field("competency"), field("feedback"), field("language"), *texts, bool(field("leave")))


def sentences(items: Iterable[Item]) -> list[Sentence]:
    """What the candidate would read, in the order of the letter."""
    found = []
    for item in items:
        if not item.is_left_out:
            found.append(Sentence(f"observed-{item.number}", item.observed, item.language))
            if item.side == DEVELOPMENT:
                found.append(Sentence(f"suggestion-{item.number}", item.suggestion, item.language))
    return found


def kept(items: Iterable[Item], side: str) -> list[Item]:
    """Those of one side that stay in the letter."""
    return [item for item in items if item.side == side and not item.is_left_out]


def pointers(items: Iterable[Item]) -> dict[str, str]:
    """The field of the form that holds each sentence, by where it is sent."""
    items = list(items)
    return {
        f"/{list_}/{position}/{kind}": f"{kind}-{item.number}"
        for list_, side in (("strengths", STRENGTH), ("development", DEVELOPMENT))
        for position, item in enumerate(kept(items, side))
        for kind in ("observed", "suggestion")
    }


def faults(items: Iterable[Item]) -> list[tuple[str, str]]:
    """(field, what is wrong with it): `empty`, or too few of a side."""
    items = list(items)
    found = [(one.field, "empty") for one in sentences(items) if not one.text]
    for side, least in AT_LEAST.items():
        if len(kept(items, side)) < least:
            found.append((f"leave-{next((i.number for i in items if i.side == side), 0)}", side))
    return found

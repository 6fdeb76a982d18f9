"""A letter is rewritten: its items in a form, their words checked, kept if it still is the same letter."""

import asyncio
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from services.console.api.visitors import Visitor
from services.console.calls.notifications.letters import DevelopmentItem, Draft, Edited, Found, StrengthItem
from services.console.calls.notifications.lint import LINT, Texts
from services.console.domain.drafts import DEVELOPMENT, STRENGTH, Item, Sentence, kept, sentences
from services.console.domain.marks import Span


class Findings(NamedTuple):
    """What the lint found, by the field it stands in. `unknown`: languages that it cannot read."""

    spans: Mapping[str, list[Span]]
    unknown: frozenset[str] = frozenset()

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(map(len, self.spans.values()))


NONE = Findings({})


def items_of(draft: Draft) -> list[Item]:
    """The items of a draft, numbered in their order."""
    told = [(STRENGTH, i, "") for i in draft.strengths] + [(DEVELOPMENT, i, i.suggestion) for i in draft.development]
    return [
        Item(number, side, i.competency, i.feedback, i.language or "en", i.observed, suggestion)
        for number, (side, i, suggestion) in enumerate(told)
    ]


def edited(items: Iterable[Item]) -> Edited:
    """As the service takes them."""
    items = list(items)
    return Edited(
        strengths=tuple(StrengthItem(**_said(i)) for i in kept(items, STRENGTH)),
        development=tuple(DevelopmentItem(**_said(i), suggestion=i.suggestion) for i in kept(items, DEVELOPMENT)),
    )


def found_in(draft: Draft) -> Findings:
    """What the lint finds in a draft as it stands."""
    return Findings(_placed(sentences(items_of(draft)), draft.findings))


async def check(visitor: Visitor, items: Iterable[Item], names: Iterable[str]) -> Findings:
    """What the lint finds in these words; asked once for each language. Raises ServiceAway, CallRefused."""
    by_language = sorted(sentences(items), key=lambda one: one.language)
    groups = [(language, list(some)) for language, some in groupby(by_language, key=lambda one: one.language)]
    bodies = [Texts(language=lang, texts=[s.text for s in some], names=sorted(names)) for lang, some in groups]
    told = await asyncio.gather(*(visitor.desk.seek(LINT, body) for body in bodies))
    spans: dict[str, list[Span]] = {}
    for (_, some), linted in zip(groups, told, strict=True):
        spans |= _placed(some, linted.findings)
    unknown = frozenset(lang for (lang, _), linted in zip(groups, told, strict=True) if not linted.known)
    return Findings(spans, unknown)


def _placed(texts: list[Sentence], findings: Iterable[Found]) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {}
    for one in findings:
        if one.text < len(texts):
            spans.setdefault(texts[one.text].field, []).append(Span(one.start, one.end, one.code))
    return spans


def _said(item: Item) -> dict[str, str]:
    return {name: getattr(item, name) for name in ("competency", "observed", "feedback", "language")}

"""Figures as routes show them: with what they mean, or a plain sentence why there is none."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header

from services.insights.api.rendering import Sentences
from services.insights.domain.findings import Act, Certainty, Difference, Finding, findings
from services.insights.domain.measures import MEASURES, RULES_VERSION, Figure, WhyNot
from services.insights.domain.report import Standing
from services.insights.domain.scopes import Trend, trends
from shared.contracts import Value
from shared.web.translation import accepted, spoken


async def _reading(accept_language: Annotated[str, Header()] = "") -> str:
    return spoken(*accepted(accept_language))


Spoken = Annotated[str, Depends(_reading)]


class ShownFinding(Value):
    """What a figure says, how surely, and where to act."""

    certainty: Certainty
    act: Act
    says: str


class ShownFigure(Value):
    """`k` of `of`, the value with its 95 % interval; where it is not shown, `says` tells why.

    `name`: of the competency, as its jobs call it; `floor`: how many it takes before there is a value.
    """

    code: str
    competency: str | None
    name: str | None
    part: str | None
    k: int | None
    of: int
    value: float | None
    low: float | None
    high: float | None
    floor: int
    shown: bool
    why_not: WhyNot | None
    says: str | None
    finding: ShownFinding | None


class ShownPoint(Value):
    """One share of a series: of a round, by its job, or of a cycle."""

    name: str
    k: int | None
    of: int
    value: float | None
    low: float | None
    high: float | None


class ShownTrend(Value):
    """The same share in turn, the oldest first; `difference`: of the last from the one before, as far as it shows."""

    code: str
    competency: str | None
    name: str | None
    part: str | None
    points: list[ShownPoint]
    difference: Difference
    says: str


class ShownScope(Value):
    """The figures of several rounds together. `guarded`: without any of which one to four people could be told."""

    name: str
    rounds: int
    guarded: bool
    rules_version: str = RULES_VERSION
    figures: list[ShownFigure]
    trends: list[ShownTrend]


class Telling:
    """Figures in the words of one reader; `names`: of competencies."""

    def __init__(self, language: str, names: Mapping[str, str]) -> None:
        self._names = names
        self._sentences = Sentences(language, names)

    def figures(self, found: Sequence[Figure]) -> list[ShownFigure]:
        """All of them, those that are findings with their sentence."""
        said = {finding.figure: finding for finding in findings(found)}
        return [self.figure(figure, said.get(figure)) for figure in found]

    def figure(self, figure: Figure, finding: Finding | None = None) -> ShownFigure:
        """One."""
        return ShownFigure(
            code=figure.measure,
            competency=figure.competency,
            name=self._names.get(figure.competency or ""),
            part=figure.part,
            **_numbers(figure),
            floor=MEASURES[figure.measure].floor,
            shown=figure.shown,
            why_not=figure.why_not,
            says=None if figure.shown else self._sentences.why(figure),
            finding=self.finding(finding) if finding else None,
        )

    def finding(self, finding: Finding) -> ShownFinding:
        """In a sentence."""
        says = self._sentences.finding(finding)
        return ShownFinding(certainty=finding.certainty, act=finding.act, says=says)

    def note(self, how: Standing, said_at: datetime | None) -> str | None:
        """How figures stand to those that were said for good, where that has to be said."""
        return self._sentences.note(how, said_at) if said_at and how not in (Standing.NOW, Standing.FINAL) else None

    def trends(self, told: Iterable[tuple[str, Sequence[Figure]]]) -> list[ShownTrend]:
        """How shares went on, and whether these numbers can show a difference."""
        return [self._trend(trend) for trend in trends(told)]

    def _trend(self, trend: Trend) -> ShownTrend:
        last = trend.points[-1].figure
        return ShownTrend(
            code=last.measure,
            competency=last.competency,
            name=self._names.get(last.competency or ""),
            part=last.part,
            points=[ShownPoint(name=name, **_numbers(figure)) for name, figure in trend.points],
            difference=trend.difference,
            says=self._sentences.difference(trend.difference),
        )


def _numbers(figure: Figure) -> dict[str, float | int | None]:
    return {"k": figure.k, "of": figure.of, "value": figure.value, "low": figure.low, "high": figure.high}

"""What a job asks, and what evidence is worth to it: exact arithmetic, no person in sight."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm
from typing import Any, NamedTuple, TypedDict
from uuid import uuid5

from shared.contracts import NAMESPACE, Factor, Gap, GapKind

FULLY_FRESH_DAYS, OLDEST_DAYS = 180, 720
CONFIDENCE = {1: Fraction(8, 10), 2: Fraction(9, 10)}
DAY = timedelta(days=1)
ZERO, ONE = Fraction(0), Fraction(1)


class Requirement(NamedTuple):
    """What a job asks of one competency; `level` 1 to 5."""

    competency: str
    name: str
    level: int
    must_have: bool
    weight: int


@dataclass(frozen=True, eq=False)
class OpenJob:
    """One version of an open job, with what follows from it for whoever is looked at."""

    organization: str
    job: str
    title: str
    family: str
    opened_at: datetime
    requirements: tuple[Requirement, ...]

    @cached_property
    def demand(self) -> "Demand":
        """The same version of a job is the same demand."""
        asked = [r._asdict() for r in self.requirements]
        body = {"job": self.job, "family": self.family, "opened_at": self.opened_at.isoformat(), "requirements": asked}
        written = json.dumps(body, sort_keys=True)
        return Demand(
            demand=str(uuid5(NAMESPACE, f"demand/{self.organization}/{written}")),
            body=written,
            weight=sum(r.weight for r in self.requirements),
            must_haves=sum(r.must_have for r in self.requirements),
            unassessed={r.competency: gap_of(r, None) for r in self.requirements},
        )


class KeptAssessment(TypedDict):
    """What the newest application that rated a competency holds of it, as a run keeps it.

    `at`: when it was rated last; `levels`: 0 to 1, as they were written, sorted.
    """

    at: datetime
    interviewers: int
    levels: list[str]


class Ratio(NamedTuple):
    """An exact fraction of whole numbers, not reduced: sums of many stay cheap."""

    over: int
    under: int


class AssessedRequirement(NamedTuple):
    """One requirement that somebody rated. `evidence`: what is said of it; too old to be used, it holds no level."""

    requirement: Requirement
    evidence: dict[str, Any]
    is_met: bool
    contribution: Ratio

    @property
    def is_used(self) -> bool:
        """True when the evidence is not too old."""
        return self.evidence["level"] is not None


class Demand(NamedTuple):
    """What is the same for whoever is looked at for one version of a job.

    `body`: what was asked, for the record; `unassessed`: by competency, in the job's order, the gap of who was never
    rated in it.
    """

    demand: str
    body: str
    weight: int
    must_haves: int
    unassessed: Mapping[str, Gap]


def assessed_lines(job: OpenJob, assessments: Mapping[str, KeptAssessment]) -> tuple[AssessedRequirement, ...]:
    """A line for each requirement that anybody rated, in the job's order."""
    rated = ((r, assessments.get(r.competency)) for r in job.requirements)
    return tuple(_line(r, assessment, job.opened_at) for r, assessment in rated if assessment)


def _line(requirement: Requirement, assessment: KeptAssessment, opened_at: datetime) -> AssessedRequirement:
    days, interviewers = max((opened_at - assessment["at"]) // DAY, 0), assessment["interviewers"]
    fresh, fresh_shown = _freshness(days)
    if fresh is None:
        return AssessedRequirement(
            requirement, _NO_EVIDENCE | {"interviewers": interviewers, "days": days}, False, Ratio(0, 1)
        )
    worth = _worth(tuple(assessment["levels"]), requirement.level, requirement.weight, interviewers)
    contribution = Ratio(worth.full.over * fresh.over, worth.full.under * fresh.under)
    evidence = {
        "level": worth.level,
        "interviewers": interviewers,
        "days": days,
        "freshness": fresh_shown,
        "confidence": worth.confidence,
        "contribution": rounded(contribution, 4),
    }
    return AssessedRequirement(requirement, evidence, worth.is_met, contribution)


_NO_EVIDENCE: dict[str, Any] = {
    "level": None, "interviewers": 0, "days": None, "freshness": None, "confidence": None, "contribution": 0.0,
}  # fmt: skip


class _Worth(NamedTuple):
    """What fresh evidence is worth: few different ones among many people."""

    level: float
    confidence: float
    is_met: bool
    full: Ratio


@lru_cache(maxsize=4096)
def _worth(levels: tuple[str, ...], required: int, weight: int, interviewers: int) -> _Worth:
    level = level_of(levels)
    sure = CONFIDENCE.get(interviewers, ONE)
    full = weight * min(level / required, ONE) * sure
    return _Worth(rounded(level, 4), rounded(sure, 4), level >= required, Ratio(full.numerator, full.denominator))


def level_of(levels: Sequence[str]) -> Fraction:
    """The mean on the scale of 1 to 5."""
    return _level_of(tuple(levels))


@lru_cache(maxsize=4096)
def _level_of(levels: tuple[str, ...]) -> Fraction:
    return 1 + 4 * sum(map(Fraction, levels), ZERO) / len(levels)


@lru_cache(maxsize=1024)
def _freshness(days: int) -> tuple[Ratio | None, float | None]:
    """1 up to 180 days, linear to one half at 720; older evidence is not used. Exactly, and as shown."""
    if days > OLDEST_DAYS:
        return None, None
    span = 2 * (OLDEST_DAYS - FULLY_FRESH_DAYS)
    fresh = Ratio(span - max(days - FULLY_FRESH_DAYS, 0), span)
    return fresh, rounded(fresh, 4)


def sum_of(contributions: Sequence[Ratio]) -> Fraction:
    """Their exact sum."""
    under = lcm(*(c.under for c in contributions))
    return Fraction(sum(c.over * (under // c.under) for c in contributions), under)


def rounded(value: Fraction | Ratio, digits: int) -> float:
    """Half up, as on paper."""
    exact = Ratio(value.numerator, value.denominator) if isinstance(value, Fraction) else value
    scale = int(10**digits)
    return (2 * exact.over * scale + exact.under) // (2 * exact.under) / scale


def factor_of(requirement: Requirement, evidence: Mapping[str, Any] | None) -> Factor:
    """What one competency adds to a score: a requirement with what is said of it."""
    competency, name, level, must_have, weight = requirement
    said = evidence or _NO_EVIDENCE
    return Factor(competency=competency, name=name, weight=weight, required=level, must_have=must_have, **said)


def gap_of(requirement: Requirement, level: float | None) -> Gap:
    """Below the level asked for and never assessed are different gaps."""
    kind = GapKind.NOT_ASSESSED if level is None else GapKind.BELOW_LEVEL
    return Gap(competency=requirement.competency, kind=kind, required=requirement.level, level=level)

"""What a round says of each competency: who meets it, who was asked, and whether interviewers mean the same."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from services.insights.domain.growth import EXACT, is_met
from services.insights.domain.heard import HeardJob, WantedCompetency
from services.insights.domain.rows import Assessment, Growth, GrowthKind, RoundRows, Sitting
from services.insights.domain.statistics import Interval, RatedUnit, agreement_sums, alpha_interval, mean_of, rated_unit
from services.insights.domain.sums import RoundCompetency
from shared.contracts import CompetencyKind
from shared.contracts.reading import InterviewState

APART = 0.5  # of 0 to 1: two points of five
AGREEMENT_FLOOR = 30  # people rated twice: below it the interval of alpha is wider than half the scale
FIFTHS = 5


def sum_up_competencies(job: HeardJob, rows: RoundRows) -> Iterator[RoundCompetency]:
    """The job's own in their order, then those that interviewers rated besides."""
    wanted = {c.competency: c for c in job.competencies}
    by_competency: dict[str, list[Assessment]] = {}
    for a in rows.assessments:
        by_competency.setdefault(a.competency, []).append(a)
    held = [s for s in rows.sittings if s.state is InterviewState.COMPLETED]
    told = [g for g in rows.growths if g.kind is GrowthKind.TOLD]
    for competency in (*wanted, *sorted(by_competency.keys() - wanted.keys())):
        found = by_competency.get(competency, [])
        yield _summed(job, competency, wanted.get(competency), found, held, told)


def _summed(
    job: HeardJob,
    competency: str,
    wanted: WantedCompetency | None,
    assessments: Sequence[Assessment],
    held: Iterable[Sitting],
    told: Iterable[Growth],
) -> RoundCompetency:
    leveled = [a for a in assessments if a.level is not None]
    people = [mean_of(levels) for levels in _levels(leveled).values()]
    raters = _raters(leveled)
    units = [rated_unit(levels) for levels in raters]
    pairs = [abs(a - b) for levels in raters for a, b in combinations(levels, 2)]
    asked = [a for a in assessments if a.asked]
    return RoundCompetency(
        competency=competency,
        name=wanted.name if wanted else competency,
        listed=int(wanted is not None),
        level=wanted.level if wanted else None,
        must_have=bool(wanted and wanted.must_have),
        weight=wanted.weight if wanted else 0,
        interviews=sum(competency in s.asks for s in held),
        people=len(people),
        met=sum(is_met(level, wanted.level) for level in people) if wanted else 0,
        asked_people=len({a.candidate for a in asked}),
        asked=len(asked),
        rated=sum(a.level is not None for a in asked),
        nulls=sum(a.given and a.level is None for a in asked),
        histogram=_histogram(people),
        sums=agreement_sums(units),
        interval=_interval(job, competency, units),
        apart=sum(gap >= APART - EXACT for gap in pairs),
        pairs=len(pairs),
        gaps=len({g.person for g in told if g.competency == competency}),
        taken_up=len({g.person for g in told if g.competency == competency and g.taken_up}),
        interviewers=frozenset(a.interviewer for a in assessments),
        kind=wanted.kind if wanted else CompetencyKind.SKILL,
    )


def _levels(leveled: Iterable[Assessment]) -> dict[str, list[float]]:
    """By person, what they were rated."""
    found: dict[str, list[float]] = {}
    for a in leveled:
        if a.level is not None:
            found.setdefault(a.candidate, []).append(a.level)
    return found


def _raters(leveled: Iterable[Assessment]) -> list[list[float]]:
    """By application that several interviewers rated: what each of them says, once."""
    found: dict[str, dict[str, list[float]]] = {}
    for a in leveled:
        if a.level is not None:
            found.setdefault(a.application, {}).setdefault(a.interviewer, []).append(a.level)
    several = sorted((application, by) for application, by in found.items() if len(by) > 1)
    return [[mean_of(by[interviewer]) for interviewer in sorted(by)] for _, by in several]


def _histogram(people: Iterable[float]) -> tuple[int, ...]:
    found = [0] * FIFTHS
    for level in people:
        found[min(int(level * FIFTHS + EXACT), FIFTHS - 1)] += 1
    return tuple(found)


def _interval(job: HeardJob, competency: str, units: Sequence[RatedUnit]) -> Interval | None:
    if len(units) < AGREEMENT_FLOOR:
        return None
    return alpha_interval(units, f"{job.organization}/{job.job}/{competency}")

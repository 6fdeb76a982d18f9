"""What a job is summed up to, and how several jobs add up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from services.insights.domain.statistics import AgreementSums, Interval
from services.insights.domain.waits import NO_WAITS, Waits, add_waits
from shared.contracts import CompetencyKind, JobOutcome

Key = TypeVar("Key", str, int)


class RoundCounts(NamedTuple):
    """What is counted of one round; the sum of several rounds is that of each.

    `full_letters`: of decided applications, `letter_people`: everybody who has one; `owed_people`: of whom scorecards
    are owed; `returning_people`: whose interviews count, or will; `tallied`: interviews of people who were erased.
    """

    people: int = 0
    applications: int = 0
    finished: int = 0
    decided: int = 0
    not_selected: int = 0
    hired: int = 0
    withdrawn: int = 0
    offer_declined: int = 0
    interviews: int = 0
    interviewed: int = 0
    twice_judged: int = 0
    agreed: int = 0
    must_haves_assessed: int = 0
    must_haves_met: int = 0
    due: int = 0
    kept: int = 0
    owed: int = 0
    in_time: int = 0
    never: int = 0
    given: int = 0
    shareable: int = 0
    full_letters: int = 0
    silver: int = 0
    promising: int = 0
    invited: int = 0
    settled: int = 0
    active: int = 0
    proposed: int = 0
    accepted: int = 0
    interested: int = 0
    applied: int = 0
    rehired: int = 0
    left_applied: int = 0
    left_hired: int = 0
    open: int = 0
    counted_people: int = 0
    counted: int = 0
    wasted: int = 0
    unaided: int = 0
    wasted_unaided: int = 0
    values_assessed: int = 0
    values_met: int = 0
    scored_people: int = 0
    misunderstood: int = 0
    hired_again: int = 0
    interviews_again: int = 0
    hired_anew: int = 0
    interviews_anew: int = 0
    letter_people: int = 0
    owed_people: int = 0
    returning_people: int = 0
    tallied: int = 0


class Round(NamedTuple):
    """One job, summed up. `reasons`: why people left, `left_at` which step; `returned`: what interviews came to;
    `misunderstood`: people by what they had understood otherwise, `put_right`: those of them whom a note told it since;
    `interviewers`: who owe or gave scorecards, `givers` those who gave any.
    """

    organization: str
    job: str
    family: str
    cycle: str | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: JobOutcome | None
    interviewers: frozenset[str]
    counts: RoundCounts
    waits: Waits
    reasons: Mapping[str, int]
    left_at: Mapping[int, int]
    returned: Mapping[str, int]
    misunderstood: Mapping[str, int] = {}
    put_right: Mapping[str, int] = {}
    givers: frozenset[str] = frozenset()


class RoundCompetency(NamedTuple):
    """One competency. `listed`: how many jobs ask for it, `level`: at which level, where it is one level; `histogram`:
    people by fifths of the scale; `gaps`: those whose letter names it, `taken_up`: those of them a campaign reached.

    `asked` ratings of `asked_people` are `rated`, `nulls`, or missing; `interviews`: how many were to look at it.
    """

    competency: str
    name: str
    listed: int
    level: int | None
    must_have: bool
    weight: int
    interviews: int
    people: int
    met: int
    asked_people: int
    asked: int
    rated: int
    nulls: int
    histogram: tuple[int, ...]
    sums: AgreementSums
    interval: Interval | None
    apart: int
    pairs: int
    gaps: int
    interviewers: frozenset[str]
    kind: CompetencyKind = CompetencyKind.SKILL
    taken_up: int = 0


class RoundStep(NamedTuple):
    """One step of one round: finished applications that had an interview here, and of these at a later step, too."""

    position: int
    stage: str | None
    people: int
    reached: int
    went_on: int
    held: int
    missed_by_us: int
    missed_by_them: int
    cancelled_by_us: int
    cancelled_by_them: int


class SummedRound(NamedTuple):
    """Everything that one job is summed up to."""

    round: Round
    competencies: tuple[RoundCompetency, ...]
    steps: tuple[RoundStep, ...]


class ScopeSummary(NamedTuple):
    """One round, or several added up. `closed` rounds of `rounds`, `nobody` of them without a hire."""

    rounds: int
    closed: int
    nobody: int
    counts: RoundCounts
    waits: Waits
    reasons: Mapping[str, int]
    left_at: Mapping[int, int]
    returned: Mapping[str, int]
    misunderstood: Mapping[str, int]
    put_right: Mapping[str, int]
    competencies: tuple[RoundCompetency, ...]
    steps: tuple[RoundStep, ...]


def add_up(summed: Sequence[SummedRound]) -> ScopeSummary:
    """The sum of rounds: of one the round itself, with its exact medians and intervals."""
    rounds = [s.round for s in summed]
    closed = [r for r in rounds if r.closed_at]
    return ScopeSummary(
        rounds=len(rounds),
        closed=len(closed),
        nobody=sum(r.outcome is JobOutcome.NOBODY_HIRED for r in closed),
        counts=RoundCounts(*(sum(column) for column in zip(RoundCounts(), *(r.counts for r in rounds), strict=True))),
        waits=Waits._make(map(add_waits, zip(*(r.waits for r in rounds), strict=True))) if rounds else NO_WAITS,
        reasons=_added(r.reasons for r in rounds),
        left_at=_added(r.left_at for r in rounds),
        returned=_added(r.returned for r in rounds),
        misunderstood=_added(r.misunderstood for r in rounds),
        put_right=_added(r.put_right for r in rounds),
        competencies=tuple(_add_competencies(c for s in summed for c in s.competencies)),
        steps=tuple(_add_steps(step for s in summed for step in s.steps)),
    )


def _added(counts: Iterable[Mapping[Key, int]]) -> Mapping[Key, int]:
    found: Counter[Key] = Counter()
    for counted in counts:
        found.update(counted)
    return found


def _add_competencies(competencies: Iterable[RoundCompetency]) -> Iterator[RoundCompetency]:
    """In the order in which they first come."""
    found: dict[str, list[RoundCompetency]] = {}
    for c in competencies:
        found.setdefault(c.competency, []).append(c)
    for same in found.values():
        yield same[0] if len(same) == 1 else _sum_of(same)


def _sum_of(same: Sequence[RoundCompetency]) -> RoundCompetency:
    """Everybody against the level of their own job; the interval of alpha needs the people, so a sum has none."""
    levels = {c.level for c in same if c.listed}
    return RoundCompetency(
        competency=same[0].competency,
        name=next((c.name for c in same if c.listed), same[0].name),
        listed=sum(c.listed for c in same),
        level=levels.pop() if len(levels) == 1 else None,
        must_have=any(c.must_have for c in same),
        weight=max(c.weight for c in same),
        interviews=sum(c.interviews for c in same),
        people=sum(c.people for c in same),
        met=sum(c.met for c in same),
        asked_people=sum(c.asked_people for c in same),
        asked=sum(c.asked for c in same),
        rated=sum(c.rated for c in same),
        nulls=sum(c.nulls for c in same),
        histogram=tuple(map(sum, zip(*(c.histogram for c in same), strict=True))),
        sums=sum((c.sums for c in same), AgreementSums()),
        interval=None,
        apart=sum(c.apart for c in same),
        pairs=sum(c.pairs for c in same),
        gaps=sum(c.gaps for c in same),
        interviewers=frozenset[str]().union(*(c.interviewers for c in same)),
        kind=max(c.kind for c in same),
        taken_up=sum(c.taken_up for c in same),
    )


def _add_steps(steps: Iterable[RoundStep]) -> list[RoundStep]:
    found: dict[int, RoundStep] = {}
    for step in steps:
        known = found.get(step.position)
        found[step.position] = step if known is None else _sum_of_steps(known, step)
    return [found[position] for position in sorted(found)]


def _sum_of_steps(one: RoundStep, other: RoundStep) -> RoundStep:
    """Platforms name steps by position; of two names the first holds."""
    counts = (mine + theirs for mine, theirs in zip(one[2:], other[2:], strict=True))
    return RoundStep(one.position, one.stage or other.stage, *counts)

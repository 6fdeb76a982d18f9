"""A job is summed up from the rows of everybody who took part; what is summed up adds up over jobs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from services.insights.domain.competencies import sum_up_competencies
from services.insights.domain.growth import is_met
from services.insights.domain.heard import HeardJob, WantedCompetency
from services.insights.domain.rows import (
    UNNAMED_STEP,
    Candidacy,
    LetterLength,
    Reuse,
    RoundRows,
    Scorecard,
    Side,
    Sitting,
    Tally,
)
from services.insights.domain.sums import Round, RoundCounts, RoundStep, SummedRound
from services.insights.domain.waits import Span, Wait, Waits, wait_of
from shared.contracts import CompetencyKind, MemberStatus, Outcome, Tier
from shared.contracts.reading import InterviewState

ASKED_INTO_POOL = frozenset((MemberStatus.INVITED, MemberStatus.ACTIVE, MemberStatus.PAUSED))
SETTLED_AFTER = timedelta(days=44)  # rule 5: 14 days to the reminder, 30 to the end of the invitation
NEVER_AFTER = timedelta(days=10)
LEFT = frozenset((Outcome.WITHDRAWN, Outcome.OFFER_DECLINED))


def sum_up(job: HeardJob, rows: RoundRows, now: datetime) -> SummedRound:
    """Everything that one job is summed up to, as it stands at this time."""
    left = [c for c in rows.candidacies if c.outcome in LEFT]
    found = Round(
        organization=job.organization,
        job=job.job,
        family=job.family,
        cycle=job.cycle,
        opened_at=job.opened_at,
        closed_at=job.closed_at if job.is_closed else None,
        outcome=job.outcome if job.is_closed else None,
        interviewers=frozenset(s.interviewer for s in rows.scorecards),
        counts=_counts(job, rows, now),
        waits=_waits(job, rows),
        reasons=Counter(c.reason_code for c in left if c.reason_code),
        left_at=Counter(max(c.steps, default=UNNAMED_STEP) for c in left),
        returned=_came_to(rows, now),
        misunderstood=_by_about((s.candidate, s.misconceptions) for s in rows.scorecards),
        put_right=_by_about((s.candidate, s.put_right) for s in rows.scorecards),
        givers=frozenset(s.interviewer for s in rows.scorecards if s.given_at),
    )
    return SummedRound(found, tuple(sum_up_competencies(job, rows)), tuple(_steps(job, rows)))


def _counts(job: HeardJob, rows: RoundRows, now: datetime) -> RoundCounts:
    held = [s for s in rows.sittings if s.state is InterviewState.COMPLETED]
    return RoundCounts(
        **_people(job, rows.candidacies, now),
        **_meeting("must_haves", [c for c in job.competencies if c.must_have], rows),
        **_meeting("values", [c for c in job.competencies if c.kind is CompetencyKind.VALUE], rows),
        **count_scorecards(rows.scorecards, now),
        **_pool(rows.candidacies, now),
        **_reused(job, rows.reuses),
        **_returns(rows, now),
        **_took(rows),
        interviews=len(held),
        interviewed=len({s.candidate for s in held}),
        scored_people=len({s.candidate for s in rows.scorecards if s.given_at}),
        misunderstood=len({s.candidate for s in rows.scorecards if s.misconceptions}),
    )


def _people(job: HeardJob, candidacies: Sequence[Candidacy], now: datetime) -> dict[str, int]:
    finished = [c for c in candidacies if c.decided_at or job.is_closed]
    due = [c for c in finished if c.due_at and (c.due_at <= now or c.answered_at)]
    outcomes = Counter(c.outcome for c in candidacies)
    return {
        "people": len({c.candidate for c in candidacies}),
        "applications": len(candidacies),
        "finished": len(finished),
        "decided": sum(c.decided_at is not None for c in candidacies),
        **{outcome.value: outcomes[outcome] for outcome in Outcome},
        "twice_judged": sum(c.agreed is not None for c in candidacies),
        "agreed": sum(c.agreed is True for c in candidacies),
        "due": len(due),
        "kept": sum(not c.late for c in due),
        "full_letters": sum(c.letter is LetterLength.FULL and c.decided_at is not None for c in candidacies),
        "letter_people": len({c.candidate for c in candidacies if c.letter is LetterLength.FULL}),
    }


def _meeting(name: str, competencies: Iterable[WantedCompetency], rows: RoundRows) -> dict[str, int]:
    """People who were assessed in each of these, and those of them who meet all."""
    wanted = {c.competency: c.level for c in competencies}
    if not wanted:
        return {}
    levels: dict[str, dict[str, list[float]]] = {}
    for a in rows.assessments:
        if a.level is not None and a.competency in wanted:
            levels.setdefault(a.candidate, {}).setdefault(a.competency, []).append(a.level)
    whole = [found for found in levels.values() if found.keys() == wanted.keys()]
    met = [all(is_met(sum(v) / len(v), wanted[c]) for c, v in found.items()) for found in whole]
    return {f"{name}_assessed": len(met), f"{name}_met": sum(met)}


def count_scorecards(scorecards: Sequence[Scorecard], now: datetime) -> dict[str, int]:
    """Owed are those that are due, or were given in time already."""
    owed = [s for s in scorecards if s.due_at and (s.due_at <= now or s.given_at)]
    given = [s for s in scorecards if s.given_at]
    return {
        "owed": len(owed),
        "owed_people": len({s.candidate for s in owed}),
        "in_time": sum(bool(s.given_at and s.due_at and s.given_at <= s.due_at) for s in owed),
        "never": sum(not s.given_at and bool(s.owed_at and s.owed_at + NEVER_AFTER <= now) for s in owed),
        "given": len(given),
        "shareable": sum(s.has_strengths and s.has_development for s in given),
    }


def _by_about(noted: Iterable[tuple[str, Iterable[str]]]) -> Counter[str]:
    """People by what it is about, whoever noted it."""
    return Counter(about for _, about in {(candidate, about) for candidate, abouts in noted for about in abouts})


def _pool(candidacies: Sequence[Candidacy], now: datetime) -> dict[str, int]:
    gained = [c for c in candidacies if c.tier in (Tier.SILVER_MEDALIST, Tier.PROMISING)]
    settled = [c for c in gained if c.decided_at and c.decided_at + SETTLED_AFTER <= now]
    return {
        "silver": sum(c.tier is Tier.SILVER_MEDALIST for c in gained),
        "promising": sum(c.tier is Tier.PROMISING for c in gained),
        "invited": sum(c.status in ASKED_INTO_POOL for c in gained),
        "settled": len(settled),
        "active": sum(c.status is MemberStatus.ACTIVE for c in settled),
    }


def _reused(job: HeardJob, reuses: Sequence[Reuse]) -> dict[str, int]:
    here, known = [r for r in reuses if r.job == job.job], [r for r in reuses if r.earlier == job.job]
    return {
        "proposed": sum(r.proposed for r in here),
        "accepted": sum(r.accepted for r in here),
        "interested": sum(r.interested for r in here),
        "applied": sum(r.applied for r in here),
        "rehired": sum(r.hired for r in here),
        "left_applied": sum(r.applied for r in known),
        "left_hired": sum(r.hired for r in known),
    }


def _returns(rows: RoundRows, now: datetime) -> dict[str, int]:
    """Rule 9, as its owner judged each interview. Whose the tallies are nobody knows: somebody's, at least."""
    sittings, tallies = _counted(rows.sittings, now), _tallied(rows.tallies, now)
    ours = {c.application for c in rows.candidacies if c.rediscovered}
    unaided = [
        *(s.without_loop for s in sittings if s.application not in ours),
        *(t.without_loop for t in tallies if not t.rediscovered),
    ]
    counted = len(sittings) + len(tallies)
    return {
        "open": sum(s.is_counted for s in rows.sittings) + len(rows.tallies) - counted,
        "counted": counted,
        "counted_people": len({s.candidate for s in sittings}) + bool(tallies),
        "returning_people": len({s.candidate for s in rows.sittings if s.is_counted}) + bool(rows.tallies),
        "tallied": len(rows.tallies),
        "wasted": counted - _came_to(rows, now).total(),
        "unaided": len(unaided),
        "wasted_unaided": unaided.count(None),
    }


def _came_to(rows: RoundRows, now: datetime) -> Counter[str]:
    """What the interviews that count came to, those that came to anything."""
    sittings, tallies = _counted(rows.sittings, now), _tallied(rows.tallies, now)
    return Counter(filter(None, [*(s.returned for s in sittings), *(t.returned for t in tallies)]))


def _counted(sittings: Iterable[Sitting], now: datetime) -> list[Sitting]:
    return [s for s in sittings if s.is_counted and s.counted_from and s.counted_from <= now]


def _tallied(tallies: Iterable[Tally], now: datetime) -> list[Tally]:
    return [t for t in tallies if t.counted_from <= now]


def _took(rows: RoundRows) -> dict[str, int]:
    """Hires and the interviews they took: of people whom we knew (again), and of others (anew)."""
    held = Counter(s.application for s in rows.sittings if s.state is InterviewState.COMPLETED)
    hired = [c for c in rows.candidacies if c.outcome is Outcome.HIRED]
    found: dict[str, int] = {}
    for name, of in (
        ("again", [c for c in hired if c.rediscovered]),
        ("anew", [c for c in hired if not c.rediscovered]),
    ):
        found |= {f"hired_{name}": len(of), f"interviews_{name}": sum(held[c.application] for c in of)}
    return found


def _waits(job: HeardJob, rows: RoundRows) -> Waits:
    """Decisions and answers that people still wait for are told beside the waits that ended."""
    everyone = rows.candidacies
    answered = [c for c in everyone if c.outcome is Outcome.NOT_SELECTED]
    accepted, anew = [r for r in rows.reuses if r.job == job.job], [c for c in everyone if not c.rediscovered]
    return Waits(
        first=wait_of(
            [(c.candidate, c.submitted_at, c.first_at) for c in everyone],
            sum(c.first_at is None and c.decided_at is None for c in everyone),
        ),
        next=wait_of(_between(rows.sittings)),
        decision=wait_of(
            [(c.candidate, c.last_at, c.decided_at) for c in everyone],
            sum(c.last_at is not None and c.decided_at is None for c in everyone),
        ),
        answer=wait_of(
            [(c.candidate, c.decided_at, c.answered_at) for c in answered],
            sum(c.answered_at is None for c in answered),
        ),
        match=_of_job(job, (r.accepted_at for r in accepted)),
        applicant=_of_job(job, (c.first_at for c in anew)),
    )


def _of_job(job: HeardJob, ends: Iterable[datetime | None]) -> Wait:
    """How long the job itself waited for the first of these; none where records know no opening but that day."""
    first = min((at for at in ends if at), default=None)
    return wait_of([(job.job, job.opened_at, first)] if first != job.opened_at else ())


def _between(sittings: Iterable[Sitting]) -> Iterator[Span]:
    """From the end of one interview to the start of the next of the same application."""
    held: dict[str, list[Sitting]] = {}
    for s in sittings:
        if s.state is InterviewState.COMPLETED and s.began_at and s.ended_at:
            held.setdefault(s.application, []).append(s)
    for own in held.values():
        ordered = sorted(own, key=lambda s: (s.began_at, s.interview))
        for one, other in pairwise(ordered):
            yield one.candidate, one.ended_at, other.began_at


def _steps(job: HeardJob, rows: RoundRows) -> Iterator[RoundStep]:
    finished = [c for c in rows.candidacies if c.decided_at or job.is_closed]
    by_position: dict[int, list[Sitting]] = {}
    for s in rows.sittings:
        by_position.setdefault(s.position, []).append(s)
    for position, sittings in sorted(by_position.items()):
        here = [c for c in finished if position in c.steps]
        became = Counter((s.state, s.by) for s in sittings)
        yield RoundStep(
            position=position,
            stage=max((s.stage for s in sittings if s.stage), default=None),
            people=len({s.candidate for s in sittings}),
            reached=len(here),
            went_on=sum(max(c.steps) > position for c in here),
            held=became[InterviewState.COMPLETED, None],
            missed_by_us=became[InterviewState.MISSED, Side.US],
            missed_by_them=became[InterviewState.MISSED, Side.THEM],
            cancelled_by_us=became[InterviewState.CANCELLED, Side.US],
            cancelled_by_them=became[InterviewState.CANCELLED, Side.THEM],
        )

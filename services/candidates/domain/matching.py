"""Rule 2: who is proposed for an open job, on what evidence, and what stands against it. A person decides."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple
from uuid import uuid5

from services.candidates.domain.blockers import ReviewedMatch, blockers, next_change
from services.candidates.domain.record import Record
from services.candidates.domain.words import in_words
from shared.contracts import (
    NAMESPACE,
    CandidateMatched,
    Cause,
    Factor,
    Gap,
    GapKind,
    MatchWithdrawn,
    Saying,
    match_id,
)

RULES_VERSION = "matching-1"

FULLY_FRESH_DAYS, OLDEST_DAYS = 180, 720
CONFIDENCE = {1: Fraction(8, 10), 2: Fraction(9, 10)}
DAY = timedelta(days=1)


class Requirement(NamedTuple):
    """What a job asks of one competency; `level` 1 to 5."""

    competency: str
    name: str
    level: int
    must_have: bool
    weight: int


class Job(NamedTuple):
    """One version of an open job."""

    organization: str
    job: str
    title: str
    family: str
    opened_at: datetime
    requirements: tuple[Requirement, ...]


class Assessment(NamedTuple):
    """What the newest application that rated a competency holds of it; `levels` 0 to 1, as written."""

    competency: str
    levels: Sequence[str]
    interviewers: int
    assessed_at: datetime


class Candidacy(NamedTuple):
    """One person looked at for one job."""

    job: Job
    record: Record
    assessments: Mapping[str, Assessment]
    newest_interview_at: datetime
    review: ReviewedMatch | None = None


class Proposal(NamedTuple):
    """What comes of looking: proposed, or blocked and why. The run names exactly these inputs."""

    organization: str
    candidate: str
    job: str
    match: str
    run: str
    blockers: tuple[str, ...]
    meets: int
    of: int
    must_haves_missed: int
    coverage: Fraction
    score: Fraction | None
    factors: tuple[Factor, ...]
    gaps: tuple[Gap, ...]
    newest_interview_at: datetime
    due_at: datetime | None
    inputs: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Whom and what it is about."""
        return self.organization, self.candidate, self.job

    @property
    def is_proposed(self) -> bool:
        """True when nothing stands against it."""
        return not self.blockers

    @property
    def score_shown(self) -> float | None:
        """One decimal, half up; None where the evidence carries no score."""
        return None if self.score is None else rounded(self.score, 1)

    @property
    def saying(self) -> Saying:
        """What is said of a proposal, or of one that no longer stands."""
        cause = Cause("job-opened", self.job)
        if self.blockers:
            return withdrawn(self.organization, self.candidate, self.job, self.blockers[0])
        return Saying(self.organization, self._matched(), cause)

    def _matched(self) -> CandidateMatched:
        return CandidateMatched(
            match=self.match,
            run=self.run,
            job=self.job,
            candidate=self.candidate,
            meets=self.meets,
            of=self.of,
            coverage=rounded(self.coverage, 4),
            score=self.score_shown,
            factors=self.factors,
            gaps=self.gaps,
            rules_version=RULES_VERSION,
        )


def withdrawn(organization: str, candidate: str, job: str, reason: str) -> Saying:
    """A proposal that no longer stands."""
    gone = MatchWithdrawn(match=match_id(candidate, job), candidate=candidate, job=job, reason=reason)
    return Saying(organization, gone, Cause("job-opened", job))


def propose(candidacies: Iterable[Candidacy], now: datetime) -> list[Proposal]:
    """Look at everyone, in the order in which they are shown."""
    return sorted((_look(c, now) for c in candidacies), key=_order)


def result_json(proposal: Proposal) -> str:
    """What came of a run, for its record."""
    return json.dumps(
        {
            "proposed": proposal.is_proposed,
            "blockers": list(proposal.blockers),
            "meets": proposal.meets,
            "of": proposal.of,
            "must_haves_missed": proposal.must_haves_missed,
            "coverage": rounded(proposal.coverage, 4),
            "score": proposal.score_shown,
            "factors": [factor.model_dump(mode="json") for factor in proposal.factors],
            "gaps": [gap.model_dump(mode="json") for gap in proposal.gaps],
        }
    )


def words(meets: int, factors: Sequence[Factor]) -> str:
    """The page's first line: `Meets 2 of 3; SQL 2.5 of 4 (two interviewers, 18 days ago)`."""
    if not factors:
        return "The job asks for no competencies."
    return "; ".join([f"Meets {meets} of {len(factors)}", *map(_factor_in_words, factors)])


def _factor_in_words(factor: Factor) -> str:
    if factor.level is None:
        why = "not assessed" if factor.days is None else f"no evidence under {OLDEST_DAYS} days"
        return f"{factor.name}: {why}"
    people = f"{in_words(factor.interviewers)} interviewer{'s' * (factor.interviewers > 1)}"
    days = f"{factor.days} day{'s' * (factor.days != 1)} ago"
    return f"{factor.name} {factor.level:g} of {factor.required} ({people}, {days})"


def rounded(value: Fraction, digits: int) -> float:
    """Half up, as on paper."""
    scaled = value * 10**digits
    return float(Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**digits))


def freshness(days: int) -> Fraction | None:
    """1 up to 180 days, linear to one half at 720; older evidence is not used."""
    if days > OLDEST_DAYS:
        return None
    return 1 - Fraction(max(days - FULLY_FRESH_DAYS, 0), 2 * (OLDEST_DAYS - FULLY_FRESH_DAYS))


def confidence(interviewers: int) -> Fraction:
    """How far one, two or more people's view carries."""
    return CONFIDENCE.get(interviewers, Fraction(1))


def level_of(assessment: Assessment) -> Fraction:
    """The mean on the scale of 1 to 5."""
    return 1 + 4 * sum(map(Fraction, assessment.levels), Fraction(0)) / len(assessment.levels)


def _order(proposal: Proposal) -> tuple[bool, int, float, str]:
    """Must-haves met first, then the newest interview, then the id: never the score."""
    newest = -proposal.newest_interview_at.timestamp()
    return bool(proposal.blockers), proposal.must_haves_missed, newest, proposal.candidate


class _Line(NamedTuple):
    """One requirement with its evidence, exactly."""

    requirement: Requirement
    level: Fraction | None
    days: int | None
    freshness: Fraction | None
    interviewers: int

    @property
    def is_met(self) -> bool:
        return self.level is not None and self.level >= self.requirement.level

    @property
    def contribution(self) -> Fraction:
        if self.level is None or self.freshness is None:
            return Fraction(0)
        share = min(self.level / self.requirement.level, Fraction(1))
        return self.requirement.weight * share * self.freshness * confidence(self.interviewers)


def _look(candidacy: Candidacy, now: datetime) -> Proposal:
    job, record = candidacy.job, candidacy.record
    against = blockers(record, job.family, job.job, candidacy.review, now)
    lines = [_line(r, candidacy.assessments.get(r.competency), job.opened_at) for r in job.requirements]
    weight = sum(line.requirement.weight for line in lines)
    evident = sum(line.requirement.weight for line in lines if line.level is not None)
    inputs = _inputs(candidacy, against)
    return Proposal(
        organization=record.organization,
        candidate=record.candidate,
        job=job.job,
        match=match_id(record.candidate, job.job),
        run=str(uuid5(NAMESPACE, f"run/{record.organization}/{inputs}")),
        blockers=against,
        meets=sum(line.is_met for line in lines),
        of=len(lines),
        must_haves_missed=sum(line.requirement.must_have and not line.is_met for line in lines),
        coverage=Fraction(evident, weight) if weight else Fraction(0),
        score=100 * sum((line.contribution for line in lines), Fraction(0)) / weight
        if weight and 2 * evident >= weight
        else None,
        factors=tuple(_factor(line) for line in lines),
        gaps=tuple(_gap(line) for line in lines if not line.is_met),
        newest_interview_at=candidacy.newest_interview_at,
        due_at=next_change(record, job.family, now),
        inputs=inputs,
    )


def _line(requirement: Requirement, assessment: Assessment | None, opened_at: datetime) -> _Line:
    if assessment is None:
        return _Line(requirement, None, None, None, 0)
    days = max((opened_at - assessment.assessed_at) // DAY, 0)
    fresh = freshness(days)
    level = None if fresh is None else level_of(assessment)
    return _Line(requirement, level, days, fresh, assessment.interviewers)


def _factor(line: _Line) -> Factor:
    requirement = line.requirement
    return Factor(
        competency=requirement.competency,
        name=requirement.name,
        weight=requirement.weight,
        required=requirement.level,
        must_have=requirement.must_have,
        level=None if line.level is None else rounded(line.level, 4),
        interviewers=line.interviewers,
        days=line.days,
        freshness=None if line.freshness is None else rounded(line.freshness, 4),
        confidence=None if line.level is None else rounded(confidence(line.interviewers), 4),
        contribution=rounded(line.contribution, 4),
    )


def _gap(line: _Line) -> Gap:
    """Below the level asked for and never assessed are different gaps."""
    assessed = line.level is not None
    return Gap(
        competency=line.requirement.competency,
        kind=GapKind.BELOW_LEVEL if assessed else GapKind.NOT_ASSESSED,
        required=line.requirement.level,
        level=None if line.level is None else rounded(line.level, 4),
    )


def _inputs(candidacy: Candidacy, against: tuple[str, ...]) -> str:
    """Everything that was looked at, sorted: the same inputs are the same run."""
    job, wanted = candidacy.job, {r.competency for r in candidacy.job.requirements}
    seen = {k: a for k, a in candidacy.assessments.items() if k in wanted}
    return json.dumps(
        {
            "rules_version": RULES_VERSION,
            "candidate": candidacy.record.candidate,
            "job": {
                "job": job.job,
                "family": job.family,
                "opened_at": job.opened_at.isoformat(),
                "requirements": [r._asdict() for r in sorted(job.requirements)],
            },
            "assessments": {
                k: {"levels": sorted(a.levels), "interviewers": a.interviewers, "at": a.assessed_at.isoformat()}
                for k, a in seen.items()
            },
            "newest_interview_at": candidacy.newest_interview_at.isoformat(),
            "blockers": list(against),
        },
        sort_keys=True,
    )

"""Rule 2: who is proposed for an open job, on what evidence, and what stands against it. A person decides."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import uuid5

from pydantic_core import to_json

from services.candidates.domain.blockers import Blocker, ReviewedMatch, blockers, is_compared, next_change
from services.candidates.domain.demand import (
    OLDEST_DAYS,
    AssessedRequirement,
    KeptAssessment,
    OpenJob,
    Requirement,
    assessed_lines,
    factor_of,
    gap_of,
    rounded,
    sum_of,
)
from services.candidates.domain.records import CandidateRecord
from services.candidates.domain.words import in_words
from shared.contracts import LATEST, NAMESPACE, CandidateMatched, Cause, Factor, Gap, MatchWithdrawn, Saying, match_id

RULES_VERSION = "matching-2"
MICROSECOND = timedelta(microseconds=1)


class Consideration(NamedTuple):
    """One person looked at for one job."""

    job: OpenJob
    record: CandidateRecord
    assessments: Mapping[str, KeptAssessment]
    newest_interview_at: datetime
    review: ReviewedMatch | None = None


class MatchProposal(NamedTuple):
    """What comes of looking: proposed, or blocked and why. The run names exactly these inputs, and the demand.

    `assessed`: the requirements that anybody rated; what is said of the others is the same for everyone.
    """

    job_asked: OpenJob
    candidate: str
    match: str
    run: str
    blockers: tuple[str, ...]
    meets: int
    must_haves_missed: int
    coverage: Fraction
    score: Fraction | None
    assessed: tuple[AssessedRequirement, ...]
    newest_interview_at: datetime
    due_at: datetime | None
    inputs: str

    @property
    def organization(self) -> str:
        """Whose job it is."""
        return self.job_asked.organization

    @property
    def job(self) -> str:
        """The job's id."""
        return self.job_asked.job

    @property
    def of(self) -> int:
        """How many competencies the job asks for."""
        return len(self.job_asked.requirements)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What each competency adds; nothing of whoever may not be compared."""
        if not is_compared(self.blockers):
            return ()
        known = {line.requirement.competency: line.evidence for line in self.assessed}
        return tuple(factor_of(r, known.get(r.competency)) for r in self.job_asked.requirements)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing; nothing of whoever may not be compared."""
        if not is_compared(self.blockers):
            return ()
        found: dict[str, Gap | None] = dict(self.job_asked.demand.unassessed)
        for requirement, evidence, is_met, _ in self.assessed:
            found[requirement.competency] = None if is_met else gap_of(requirement, evidence["level"])
        return tuple(gap for gap in found.values() if gap)

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
            factors=tuple(factor_of(line.requirement, line.evidence) for line in self.assessed),
            gaps=self.gaps,
            rules_version=RULES_VERSION,
        )


def withdrawn(organization: str, candidate: str, job: str, reason: str) -> Saying:
    """A proposal that no longer stands."""
    gone = MatchWithdrawn(match=match_id(candidate, job), candidate=candidate, job=job, reason=reason)
    return Saying(organization, gone, Cause("job-opened", job))


def propose(candidacies: Iterable[Consideration], now: datetime) -> list[MatchProposal]:
    """Look at everyone, in the order in which they are shown."""
    return sorted((_look(c, now) for c in candidacies), key=place)


def result_json(proposal: MatchProposal) -> str:
    """What came of a run, for its record: of requirements those that anybody rated, the others are its demand's."""
    result = {
        "blockers": proposal.blockers,
        "meets": proposal.meets,
        "must_haves_missed": proposal.must_haves_missed,
        "coverage": rounded(proposal.coverage, 4),
        "score": proposal.score_shown,
        "assessed": {x.requirement.competency: x.evidence for x in proposal.assessed},
        "met": [x.requirement.competency for x in proposal.assessed if x.is_met],
    }
    return to_json(result).decode()


def whole_inputs(inputs: Mapping[str, Any], demand: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that was looked at, from a record and the demand it names: all that a score follows from."""
    return {name: value for name, value in inputs.items() if name != "demand"} | {"job": demand}


def whole_result(result: Mapping[str, Any], demand: Mapping[str, Any]) -> dict[str, Any]:
    """A result whole again, from its record and the demand it names."""
    assessed: Mapping[str, Any] = result["assessed"]
    asked = [(Requirement(**r), assessed.get(r["competency"])) for r in demand["requirements"]]
    compared = asked if is_compared(result["blockers"]) else []
    factors = [factor_of(r, found) for r, found in compared]
    gaps = [gap_of(r, found["level"] if found else None) for r, found in compared if r.competency not in result["met"]]
    return {
        "proposed": not result["blockers"],
        **{name: value for name, value in result.items() if name not in ("assessed", "met")},
        **({} if compared else {"meets": 0, "score": None, "coverage": 0.0}),  # also of runs of earlier rules
        "of": len(asked),
        "factors": [f.model_dump(mode="json") for f in factors],
        "gaps": [gap.model_dump(mode="json") for gap in gaps],
    }


def words(meets: int, factors: Sequence[Factor], against: Sequence[str] = ()) -> str:
    """The page's first line: `Meets 2 of 3; SQL 2.5 of 4 (two interviewers, 18 days ago)`."""
    if not is_compared(against):
        return _NOT_COMPARED[Blocker.RESTRICTED if Blocker.RESTRICTED in against else Blocker.CONSENT]
    if not factors:
        return "The job asks for no competencies."
    return "; ".join([f"Meets {meets} of {len(factors)}", *map(_factor_in_words, factors)])


_NOT_COMPARED = {
    Blocker.CONSENT: "Not compared with the job: did not agree to the talent pool.",
    Blocker.RESTRICTED: "Not compared with the job: asked to be forgotten.",
}


def _factor_in_words(factor: Factor) -> str:
    if factor.level is None:
        why = "not assessed" if factor.days is None else f"no evidence under {OLDEST_DAYS} days"
        return f"{factor.name}: {why}"
    people = f"{in_words(factor.interviewers)} interviewer{'s' * (factor.interviewers > 1)}"
    days = f"{factor.days} day{'s' * (factor.days != 1)} ago"
    return f"{factor.name} {factor.level:g} of {factor.required} ({people}, {days})"


def place(proposal: MatchProposal) -> str:
    """Rule 2's order as text: nothing against it, must-haves met, the newest interview, the id. Never the score."""
    before_the_end = (LATEST - proposal.newest_interview_at) // MICROSECOND
    missed = f"{proposal.must_haves_missed:03}{before_the_end:017}"
    return f"{int(bool(proposal.blockers))}{missed}{proposal.candidate}"


def _look(candidacy: Consideration, now: datetime) -> MatchProposal:
    job, record = candidacy.job, candidacy.record
    demand = job.demand
    against = blockers(record, job.family, job.job, candidacy.review, now)
    if not is_compared(against):
        candidacy = candidacy._replace(assessments={})
    assessed = assessed_lines(job, candidacy.assessments)
    evident = sum(line.requirement.weight for line in assessed if line.is_used)
    is_scored = demand.weight and 2 * evident >= demand.weight
    inputs = _inputs(candidacy, against, demand.demand)
    return MatchProposal(
        job_asked=job,
        candidate=record.candidate,
        match=match_id(record.candidate, job.job),
        run=str(uuid5(NAMESPACE, f"run/{record.organization}/{inputs}")),
        blockers=against,
        meets=sum(line.is_met for line in assessed),
        must_haves_missed=demand.must_haves - sum(line.requirement.must_have and line.is_met for line in assessed),
        coverage=Fraction(evident, demand.weight or 1),
        score=100 * sum_of([line.contribution for line in assessed]) / demand.weight if is_scored else None,
        assessed=assessed,
        newest_interview_at=candidacy.newest_interview_at,
        due_at=next_change(record, job.family, now),
        inputs=inputs,
    )


def _inputs(candidacy: Consideration, against: tuple[str, ...], demand: str) -> str:
    """Everything that was looked at, sorted: the same inputs are the same run. What the job asks is its demand's."""
    seen = sorted(candidacy.job.demand.unassessed.keys() & candidacy.assessments.keys())
    inputs = {
        "assessments": {competency: candidacy.assessments[competency] for competency in seen},
        "blockers": against,
        "candidate": candidacy.record.candidate,
        "demand": demand,
        "newest_interview_at": candidacy.newest_interview_at,
        "rules_version": RULES_VERSION,
    }
    return to_json(inputs).decode()

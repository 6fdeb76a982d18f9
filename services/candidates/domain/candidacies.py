"""Who is looked at for which open job: everyone with a completed interview in its family."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.blockers import JOB_CLOSED, NOT_CONSIDERED, ReviewedMatch
from services.candidates.domain.demand import KeptAssessment, OpenJob
from services.candidates.domain.matches import Consideration, MatchProposal, propose, withdrawn
from services.candidates.domain.records import AssessedApplication, CandidateRecord
from shared.contracts import Saying

Key = tuple[str, str]
Openings = Mapping[Key, Sequence[OpenJob]]


class InterviewRatings(NamedTuple):
    """What one interviewer saw in one interview: competencies, and beside them their levels, 0 to 1, as written."""

    organization: str
    candidate: str
    application: str
    interviewer: str
    rated_at: datetime
    competencies: Sequence[str]
    levels: Sequence[str]


class StandingMatch(NamedTuple):
    """A match as it was kept; `was_said` when it was ever proposed."""

    organization: str
    candidate: str
    job: str
    was_said: bool

    @property
    def key(self) -> tuple[str, str, str]:
        """Whom and what it is about."""
        return self.organization, self.candidate, self.job


class MatchChanges(NamedTuple):
    """What came of looking: matches to keep, matches that are gone, those that ended with their job, what is said."""

    proposals: list[MatchProposal]
    gone: list[StandingMatch]
    ended: list[StandingMatch]
    sayings: list[Saying]


class Evidence(NamedTuple):
    """What is known for looking besides: ratings by person, reviews by person and job."""

    ratings: Mapping[Key, Sequence[InterviewRatings]]
    reviews: Mapping[tuple[str, str, str], ReviewedMatch]


def candidacies(records: Iterable[CandidateRecord], jobs: Openings, evidence: Evidence) -> list[Consideration]:
    """Everyone with a completed interview in the family of an open job, its own applicants included.

    `jobs` are open ones by organisation and family.
    """
    found = []
    for record in records:
        key = (record.organization, record.candidate)
        newest = newest_interviews(record)
        assessments = assess(evidence.ratings.get(key, ()), record.applications) if newest else {}
        for family, happened_at in newest.items():
            for job in jobs.get((record.organization, family), ()):
                review = evidence.reviews.get((*key, job.job))
                found.append(Consideration(job, record, assessments, happened_at, review))
    return found


def families(records: Iterable[CandidateRecord]) -> set[Key]:
    """The families that these people applied in."""
    return {(record.organization, a.family) for record in records for a in record.applications if a.family}


def look(
    found: Sequence[Consideration], kept: Sequence[StandingMatch], openings: Openings, now: datetime
) -> MatchChanges:
    """Propose or block everyone found. The job's own applicants are no news to it, unless a person decided on them."""
    before = {k.key: k for k in kept}
    looked_at = propose(found, now)
    own = {_key(c) for c in own_applicants(found)}
    proposals = [p for p in looked_at if p.key not in own]
    standing, are_open = (
        {p.key for p in proposals},
        {(j.organization, j.job) for jobs in openings.values() for j in jobs},
    )
    gone = [k for k in kept if k.key not in standing]
    ended = [k for k in gone if (k.organization, k.job) not in are_open]
    reasons = {p.key: p.blockers[0] for p in looked_at if p.blockers} | {k.key: JOB_CLOSED for k in ended}
    said = [p.saying for p in proposals if p.is_proposed or (p.key in before and before[p.key].was_said)]
    farewells = [withdrawn(*k.key, reasons.get(k.key, NOT_CONSIDERED)) for k in gone if k.was_said]
    return MatchChanges(proposals, gone, ended, said + farewells)


def newest_interviews(record: CandidateRecord) -> dict[str, datetime]:
    """By family, when somebody was last interviewed."""
    families = {a.application: a.family for a in record.applications}
    newest: dict[str, datetime] = {}
    for heard in record.interviews:
        family = families.get(heard.application)
        if family and heard.said.took_place and (ended_at := heard.said.ended_at):
            newest[family] = max(newest.get(family, ended_at), ended_at)
    return newest


def assess(
    ratings: Iterable[InterviewRatings], applications: Iterable[AssessedApplication]
) -> dict[str, KeptAssessment]:
    """By competency, what the newest application that rated it holds."""
    found: dict[str, list[tuple[str, InterviewRatings]]] = defaultdict(list)
    for rated in ratings:
        for competency, level in zip(rated.competencies, rated.levels, strict=True):
            found[competency].append((level, rated))
    submitted = {a.application: a.submitted_at for a in applications}
    return {competency: _assessment(_newest(seen, submitted)) for competency, seen in found.items()}


def _newest(
    seen: Sequence[tuple[str, InterviewRatings]], submitted: Mapping[str, datetime | None]
) -> Sequence[tuple[str, InterviewRatings]]:
    """Those of the application that was submitted last; an unknown one counts from its first rating."""
    applications = {rated.application for _, rated in seen}
    if len(applications) == 1:
        return seen

    def age(application: str) -> tuple[datetime, str]:
        first = min(rated.rated_at for _, rated in seen if rated.application == application)
        return submitted.get(application) or first, application

    newest = max(applications, key=age)
    return [(level, rated) for level, rated in seen if rated.application == newest]


def own_applicants(found: Iterable[Consideration]) -> list[Consideration]:
    """Those who applied for this very job, and nobody decided about a match of theirs."""
    return [c for c in found if c.review is None and any(a.job == c.job.job for a in c.record.applications)]


def _key(candidacy: Consideration) -> tuple[str, str, str]:
    return candidacy.record.organization, candidacy.record.candidate, candidacy.job.job


def _assessment(seen: Sequence[tuple[str, InterviewRatings]]) -> KeptAssessment:
    return {
        "at": max(rated.rated_at for _, rated in seen),
        "interviewers": len({rated.interviewer for _, rated in seen}),
        "levels": sorted(level for level, _ in seen),
    }

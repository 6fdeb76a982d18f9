"""What answers show of a match: one person looked at for a job, in words and in figures."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from services.candidates.domain.matches import MatchProposal, place, whole_inputs, whole_result, words
from services.candidates.sql.matches import Match
from services.candidates.sql.runs import MatchRun
from shared.contracts import Factor, Gap, Id, MatchOutcome, MatchReviewed, Value


class ShownGap(Gap):
    """A gap; `stated` when the person says they can do it, which is never counted."""

    stated: bool = False


class Looked(Value):
    """One person looked at for a job, in words and in figures. The job's own applicants have no run."""

    candidate: Id
    match: Id
    run: Id | None
    blockers: list[str]
    words: str
    meets: int
    of: int
    must_haves_missed: int
    newest_interview_at: datetime
    score: float | None
    coverage: float
    factors: list[Factor]
    gaps: list[ShownGap]
    review: MatchOutcome | None = None
    place: Annotated[str, Field(exclude=True)]


class WouldBe(Value):
    """Somebody who would be proposed, beside how they stand now."""

    candidate: Id
    words: str
    meets: int
    of: int
    score: float | None
    gaps: list[Gap]
    meets_now: int
    of_now: int
    score_now: float | None


class KnownRun(Value):
    """What was looked at and what came of it, and what a person then did."""

    run: Id
    match: Id
    candidate: Id
    job: Id
    derived_at: datetime
    rules_version: Id
    inputs: dict[str, Any]
    result: dict[str, Any]
    review: MatchReviewed | None


class KnownMatch(KnownRun):
    """A match as it stands, or stood when its job was closed, in words, with its run."""

    words: str
    blockers: list[str]
    closed_at: datetime | None = None


def tell_applicant(proposal: MatchProposal) -> Looked:
    """Somebody who applied for this very job: no match is kept of them."""
    return Looked(
        candidate=proposal.candidate,
        match=proposal.match,
        run=None,
        blockers=list(proposal.blockers),
        words=words(proposal.meets, proposal.factors, proposal.blockers),
        meets=proposal.meets,
        of=proposal.of,
        must_haves_missed=proposal.must_haves_missed,
        newest_interview_at=proposal.newest_interview_at,
        score=proposal.score_shown,
        coverage=round(float(proposal.coverage), 4),
        factors=list(proposal.factors),
        gaps=[ShownGap(**gap.model_dump()) for gap in proposal.gaps],
        place=place(proposal),
    )


def tell_kept(match: Match, run: KnownRun) -> Looked:
    """A match that is kept, as its run tells it."""
    result = run.result
    factors = [Factor.model_validate(f) for f in result["factors"]]
    return Looked(
        candidate=match.candidate,
        match=match.match,
        run=match.run,
        blockers=match.blockers,
        words=words(result["meets"], factors, result["blockers"]),
        meets=result["meets"],
        of=result["of"],
        must_haves_missed=result["must_haves_missed"],
        newest_interview_at=run.inputs["newest_interview_at"],
        score=result["score"],
        coverage=result["coverage"],
        factors=factors,
        gaps=[ShownGap.model_validate(gap) for gap in result["gaps"]],
        review=run.review.outcome if run.review else None,
        place=match.place,
    )


def tell_imagined(then: MatchProposal, now: MatchProposal) -> WouldBe:
    """What other requirements would change for one person."""
    return WouldBe(
        candidate=then.candidate,
        words=words(then.meets, then.factors),
        meets=then.meets,
        of=then.of,
        score=then.score_shown,
        gaps=list(then.gaps),
        meets_now=now.meets,
        of_now=now.of,
        score_now=now.score_shown,
    )


def tell_run(run: MatchRun) -> KnownRun:
    """A run and the demand it names, whole again."""
    inputs, demand = json.loads(run.inputs), json.loads(run.demand)
    return KnownRun(
        **{
            **run._asdict(),
            "inputs": whole_inputs(inputs, demand),
            "result": whole_result(json.loads(run.result), demand),
            "review": MatchReviewed.model_validate_json(run.review) if run.review else None,
        }
    )

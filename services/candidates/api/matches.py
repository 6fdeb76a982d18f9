"""Matches: who is proposed for a job, who is not and why, and what a person does about it."""

import json
import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from services.candidates import sql
from services.candidates.api.callers import (
    AnId,
    Decider,
    JobNotFound,
    JobReader,
    MatchNotFound,
    RunNotFound,
    refuse_other_jobs,
)
from services.candidates.api.people import Saved, answered
from services.candidates.domain.blockers import Blocker
from services.candidates.domain.considered import is_applicant
from services.candidates.domain.matching import Candidacy, Proposal, Requirement, propose, words
from services.candidates.sql.matches import Run
from shared.contracts import (
    Competency,
    Factor,
    Gap,
    Id,
    MatchOutcome,
    MatchReviewed,
    ReviewReason,
    Value,
)
from shared.kit.pages import BadCursor, Cursor, Limit, following, opened
from shared.kit.people import Jobs
from shared.kit.problems import Conflict

routes = APIRouter(tags=["matches"])


class MatchBlocked(Conflict):
    """Something stands against this match now."""

    code = "match-blocked"


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
    score: float | None
    coverage: float
    factors: list[Factor]
    gaps: list[ShownGap]
    review: MatchOutcome | None = None


class JobMatches(Value):
    """Everyone looked at for a job, by pages: proposed in order, then blocked with every reason."""

    job: Id
    family: str
    is_open: bool
    considered: int
    proposed: list[Looked]
    blocked: list[Looked]
    cursor: str | None = None


class Change(Value):
    """What the job would ask for instead."""

    competencies: Annotated[tuple[Competency, ...], Field(min_length=1, max_length=50)]


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


class Imagined(Value):
    """What other requirements would change: the first of those who would be proposed, in order."""

    job: Id
    considered: int
    would_be_proposed: int
    proposed: list[WouldBe]


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
    """A match as it stands, in words, with its run."""

    words: str
    blockers: list[str]


class Decision(Value):
    """What a person does with a proposal, and why."""

    outcome: MatchOutcome
    reason: ReviewReason


@routes.get("/jobs/{job}/matches")
async def read_matches(job: AnId, desk: JobReader, cursor: Cursor = None, limit: Limit = 50) -> JobMatches:
    """Everyone with a completed interview in the job's family, as they stand now."""
    place = _place(cursor)
    jobs = Jobs([(desk.organization, job)])
    async with desk.transaction() as conn:
        known = await sql.load_known_jobs(conn, jobs)
        if not known:
            raise JobNotFound("There is no job of this id.")
        await refuse_other_jobs(conn, desk, job)
        people = await sql.load_people_for(conn, jobs)
        found = (await sql.load_candidacies(conn, people, jobs)).candidacies
        skills = await sql.load_stated_skills(conn, people)
        proposals = propose(found, await desk.now(conn))
        page = _page(proposals, place, limit)
        visible = await desk.visible(conn, page)
        await desk.note_reading(conn, [p.candidate for p in visible])
    looked_at = {c.record.candidate: c for c in found}
    shown = [_looked(p, looked_at[p.candidate], skills.get((p.organization, p.candidate), [])) for p in visible]
    return JobMatches(
        job=job,
        family=known[0].family,
        is_open=known[0].is_open,
        considered=len(proposals),
        proposed=[x for x in shown if not x.blockers],
        blocked=[x for x in shown if x.blockers],
        cursor=following(page, limit, lambda p: [p.candidate, str(proposals.index(p) + 1)]),
    )


@routes.post("/jobs/{job}/matches/what-if")
async def try_other_levels(job: AnId, change: Change, desk: JobReader, limit: Limit = 50) -> Imagined:
    """Rule 2 as if the job asked for this: who would be proposed, beside who is now. Nothing is kept or said."""
    jobs = Jobs([(desk.organization, job)])
    asked = tuple(Requirement(c.competency, c.name, c.level, c.must_have, c.weight) for c in change.competencies)
    async with desk.transaction() as conn:
        if not await sql.load_known_jobs(conn, jobs):
            raise JobNotFound("There is no job of this id.")
        await refuse_other_jobs(conn, desk, job)
        found = (await sql.load_candidacies(conn, await sql.load_people_for(conn, jobs), jobs)).candidacies
        now = await desk.now(conn)
        changed = [c._replace(job=c.job._replace(requirements=asked)) for c in found]
        before = {p.candidate: p for p in propose(found, now)}
        after = [p for p in propose(changed, now) if p.is_proposed]
        visible = await desk.visible(conn, after[:limit])
        await desk.note_reading(conn, [p.candidate for p in visible])
    return Imagined(
        job=job,
        considered=len(found),
        would_be_proposed=len(after),
        proposed=[_imagined(p, before[p.candidate]) for p in visible],
    )


@routes.get("/matches/{match}")
async def read_match(match: AnId, desk: JobReader) -> KnownMatch:
    """One match with the run it stands on."""
    async with desk.transaction() as conn:
        found = await sql.load_match(conn, desk.organization, match)
        run = await sql.load_run(conn, desk.organization, found.run) if found else None
        if found is None or run is None:
            raise MatchNotFound("There is no match of this id.")
        await refuse_other_jobs(conn, desk, found.job)
        await desk.show_version(conn, MatchReviewed, match)
        await desk.note_reading(conn, [found.candidate])
    shown = _run(run)
    factors = [Factor.model_validate(f) for f in shown.result["factors"]]
    return KnownMatch(
        **shown.model_dump(exclude={"review"}),
        review=shown.review,
        words=words(shown.result["meets"], factors),
        blockers=found.blockers,
    )


@routes.put("/matches/{match}/review", responses={201: {"description": "First decision.", "model": Saved}})
async def review_match(match: AnId, decision: Decision, response: Response, desk: Decider) -> Saved:
    """Accept or dismiss a proposal. 409 when something stands against it; the same again changes nothing."""
    async with desk.transaction() as conn:
        found = await sql.load_match(conn, desk.organization, match)
        run = await sql.load_run(conn, desk.organization, found.run) if found else None
        if found is None or run is None:
            raise MatchNotFound("There is no match of this id.")
        await refuse_other_jobs(conn, desk, found.job)
        await desk.refuse_restricted(conn, [found.candidate])
        before = MatchReviewed.model_validate_json(run.review) if run.review else None
        _refuse_blocked(found.blockers, before)
        event = MatchReviewed(
            match=match,
            job=found.job,
            candidate=found.candidate,
            by=desk.user,
            reviewed_at=await desk.now(conn),
            **decision.model_dump(),
        )
        recorded = await desk.record(conn, _unchanged(event, before))
    return answered(response, recorded)


@routes.get("/runs/{run}")
async def read_run(run: AnId, desk: JobReader) -> KnownRun:
    """One run, whole, with what a person then did: for an audit."""
    async with desk.transaction() as conn:
        found = await sql.load_run(conn, desk.organization, run)
        if found is None:
            raise RunNotFound("There is no run of this id.")
        await refuse_other_jobs(conn, desk, found.job)
        await desk.note_reading(conn, [found.candidate])
    return _run(found)


def _place(cursor: str | None) -> tuple[str, int]:
    """The last person of the page before, and where they stood. Raises BadCursor."""
    candidate, position = opened(cursor, 2)
    if not re.fullmatch(r"[0-9]{0,9}", position, re.ASCII):
        raise BadCursor
    return candidate, int(position or 0)


def _page(proposals: list[Proposal], after: tuple[str, int], limit: int) -> list[Proposal]:
    """Those behind a person, wherever they stand now; behind their old position, should they be gone."""
    candidate, position = after
    start = next((n for n, p in enumerate(proposals, 1) if p.candidate == candidate), position)
    return proposals[start : start + limit]


def _refuse_blocked(blockers: list[str], before: MatchReviewed | None) -> None:
    """A dismissal may be taken back; whatever else stands against a match may not be overruled."""
    dismissed = before is not None and before.outcome is MatchOutcome.DISMISSED
    against = [b for b in blockers if not (dismissed and b == Blocker.ALREADY_DECIDED)]
    if against:
        raise MatchBlocked("Something stands against this match.", blockers=against)


def _unchanged(event: MatchReviewed, before: MatchReviewed | None) -> MatchReviewed:
    """The decision that is known when this one says the same, so that its instant stays."""
    if before and before.model_copy(update={"reviewed_at": event.reviewed_at}) == event:
        return before
    return event


def _looked(proposal: Proposal, candidacy: Candidacy, stated: list[str]) -> Looked:
    said = {name.casefold() for name in stated}
    names = {f.competency: f.name.casefold() for f in proposal.factors}
    return Looked(
        candidate=proposal.candidate,
        match=proposal.match,
        run=None if is_applicant(candidacy) else proposal.run,
        blockers=list(proposal.blockers),
        words=words(proposal.meets, proposal.factors),
        meets=proposal.meets,
        of=proposal.of,
        score=proposal.score_shown,
        coverage=round(float(proposal.coverage), 4),
        factors=list(proposal.factors),
        gaps=[ShownGap(**g.model_dump(), stated=names[g.competency] in said) for g in proposal.gaps],
        review=candidacy.review.outcome if candidacy.review else None,
    )


def _imagined(then: Proposal, now: Proposal) -> WouldBe:
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


def _run(run: Run) -> KnownRun:
    return KnownRun(
        **{
            **run._asdict(),
            "inputs": json.loads(run.inputs),
            "result": json.loads(run.result),
            "review": MatchReviewed.model_validate_json(run.review) if run.review else None,
        }
    )

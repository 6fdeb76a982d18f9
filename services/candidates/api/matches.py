"""Matches: who is proposed for a job, who is not and why, and what a person does about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from heapq import nsmallest
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field

from services.candidates.api.callers import AnId, Decider, JobReader, MatchNotFound, RunNotFound, refuse_other_jobs
from services.candidates.api.shown_matches import (
    KnownMatch,
    KnownRun,
    Looked,
    WouldBe,
    tell_applicant,
    tell_imagined,
    tell_kept,
    tell_run,
)
from services.candidates.domain.blockers import JOB_CLOSED, Blocker
from services.candidates.domain.demand import Requirement
from services.candidates.domain.matches import MatchProposal, place, propose, words
from services.candidates.sql.candidacies import load_applicants, load_candidacies_for, load_stated_skills
from services.candidates.sql.jobs import find_people_for, load_known_jobs, load_people
from services.candidates.sql.matches import Match, count_by_reason, load_match, load_page
from services.candidates.sql.runs import MatchRun, load_runs
from shared.contracts import Competency, Factor, Id, MatchOutcome, MatchReviewed, Plan, ReviewReason, Value
from shared.kit.db import Connection
from shared.kit.people import Jobs, hold_people, slices
from shared.web.answers import JobNotFound, Saved, answered
from shared.web.bodies import Routes, event_of
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.problems import Conflict

routes = Routes(tags=["matches"])
AT_ONCE = 500


class MatchBlocked(Conflict):
    """Something stands against this match now."""

    code = "match-blocked"


class JobMatches(Page[Looked]):
    """Everyone looked at for a job: those proposed, then those with `blockers`, both in rule 2's order.

    Must-haves met, newest interview, id; never the score. `considered`: how many, on all pages together; `reasons`: how
    many of them something stands against, by what is told first. Whoever did not consent is not compared: no factors.
    """

    job: Id
    family: str
    is_open: bool
    considered: int
    reasons: dict[str, int]


class Change(Value):
    """What the job would ask for instead."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"competencies": [{"competency": "sql", "name": "SQL", "level": 3}]}]}
    )
    competencies: Annotated[tuple[Competency, ...], Field(min_length=1, max_length=50)]


class Imagined(Value):
    """What other requirements would change: the first of those who would be proposed, in order."""

    job: Id
    considered: int
    would_be_proposed: int
    proposed: list[WouldBe]


class Decision(Value):
    """What a person does with a proposal, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "accepted", "reason": {"code": "strong-evidence"}}]}
    )
    outcome: MatchOutcome
    reason: ReviewReason
    not_before: Plan | None = Field(
        default=None, description="The invitation leaves then at the earliest: until then a dismissal takes it back."
    )


@routes.get("/jobs/{job}/matches")
async def read_matches(job: AnId, caller: JobReader, cursor: Cursor = None, limit: Limit = 50) -> JobMatches:
    """Everyone with a completed interview in the job's family, as they stand, or stood when the job was closed."""
    (after,) = opened(cursor, 1)
    jobs = Jobs([(caller.organization, job)])
    async with caller.turn() as turn:
        known = await load_known_jobs(turn.conn, jobs)
        if not known:
            raise JobNotFound("There is no job of this id.")
        await refuse_other_jobs(turn.conn, caller, job)
        own = await load_applicants(turn.conn, jobs, turn.now)
        looked = [tell_applicant(p) for p in own if place(p) > after]
        looked += await _load_kept(turn.conn, caller.organization, job, after, limit)
        page = sorted(looked, key=lambda one: one.place)[:limit]
        visible = await caller.visible(turn.conn, page)
        await _note_stated(turn.conn, caller.organization, visible)
        reasons = Counter(await count_by_reason(turn.conn, caller.organization, job))
        reasons.update(p.blockers[0] if p.blockers else "" for p in own)
        await caller.note_reading(turn, [one.candidate for one in visible])
    return JobMatches(
        job=job,
        family=known[0].family,
        is_open=known[0].is_open,
        considered=reasons.total(),
        reasons={reason: count for reason, count in sorted(reasons.items()) if reason},
        items=visible,
        cursor=following(page, limit, lambda one: [one.place]),
    )


@routes.post("/jobs/{job}/matches/what-if")
async def try_other_levels(job: AnId, change: Change, caller: JobReader, limit: Limit = 50) -> Imagined:
    """Rule 2 as if the job asked for this: who would be proposed, beside who is now. Nothing is kept or said."""
    jobs = Jobs([(caller.organization, job)])
    asked = tuple(Requirement(c.competency, c.name, c.level, c.must_have, c.weight) for c in change.competencies)
    async with caller.turn() as turn:
        if not await load_known_jobs(turn.conn, jobs):
            raise JobNotFound("There is no job of this id.")
        await refuse_other_jobs(turn.conn, caller, job)
        imagined = await _imagine(turn.conn, jobs, asked, limit, turn.now)
        visible = await caller.visible(turn.conn, imagined.proposed)
        await caller.note_reading(turn, [would_be.candidate for would_be in visible])
    return imagined.model_copy(update={"proposed": visible})


@routes.get("/matches/{match}")
async def read_match(match: AnId, caller: JobReader) -> KnownMatch:
    """One match with the run it stands on."""
    async with caller.turn() as turn:
        found, run = await _find(turn.conn, caller.organization, match)
        await refuse_other_jobs(turn.conn, caller, found.job)
        await caller.show_version(turn.conn, MatchReviewed, match)
        await caller.note_reading(turn, [found.candidate])
    shown = tell_run(run)
    factors = [Factor.model_validate(f) for f in shown.result["factors"]]
    return KnownMatch(
        **shown.model_dump(exclude={"review"}),
        review=shown.review,
        words=words(shown.result["meets"], factors, shown.result["blockers"]),
        blockers=found.blockers,
        closed_at=found.closed_at,
    )


@routes.put("/matches/{match}/review", responses={201: {"description": "First decision.", "model": Saved}})
async def review_match(match: AnId, decision: Decision, response: Response, caller: Decider) -> Saved:
    """Accept or dismiss a proposal. 409 when something stands against it; the same again changes nothing."""
    async with caller.turn() as turn:
        found, _ = await _find(turn.conn, caller.organization, match)
        await refuse_other_jobs(turn.conn, caller, found.job)
        await hold_people(turn.conn, caller.organization, found.candidate)
        found, run = await _find(turn.conn, caller.organization, match)  # as nobody else decides or answers meanwhile
        await caller.refuse_restricted(turn.conn, [found.candidate])
        before = MatchReviewed.model_validate_json(run.review) if run.review else None
        _refuse_blocked([*found.blockers, *([JOB_CLOSED] if found.closed_at else [])], before)
        event = event_of(
            MatchReviewed,
            decision,
            match,
            job=found.job,
            candidate=found.candidate,
            by=caller.user,
            reviewed_at=turn.now,
        )
        recorded = await caller.record(turn, _unchanged(event, before))
    return answered(response, recorded)


@routes.get("/runs/{run}")
async def read_run(run: AnId, caller: JobReader) -> KnownRun:
    """One run, whole, with what a person then did: for an audit."""
    async with caller.turn() as turn:
        found = await load_runs(turn.conn, caller.organization, [run])
        if not found:
            raise RunNotFound("There is no run of this id.")
        await refuse_other_jobs(turn.conn, caller, found[0].job)
        await caller.note_reading(turn, [found[0].candidate])
    return tell_run(found[0])


async def _load_kept(conn: Connection, organization: str, job: str, after: str, limit: int) -> list[Looked]:
    """The next matches that are kept, each told by its run."""
    kept = await load_page(conn, organization, job, after, limit)
    runs = {run.run: run for run in await load_runs(conn, organization, [k.run for k in kept])}
    return [tell_kept(k, tell_run(runs[k.run])) for k in kept if k.run in runs]


async def _note_stated(conn: Connection, organization: str, looked: Sequence[Looked]) -> None:
    """Show beside each gap what people say they can do themselves."""
    people = await load_people(conn, [(organization, one.candidate) for one in looked])
    skills = await load_stated_skills(conn, people)
    for one in looked:
        said = {name.casefold() for name in skills.get((organization, one.candidate), [])}
        names = {f.competency: f.name.casefold() for f in one.factors}
        one.gaps[:] = [g.model_copy(update={"stated": names[g.competency] in said}) for g in one.gaps]


async def _imagine(conn: Connection, jobs: Jobs, asked: tuple[Requirement, ...], limit: int, now: datetime) -> Imagined:
    """Everyone is looked at twice, a slice at a time; only the first of those who would be proposed are kept."""
    considered, would_be, first = 0, 0, list[tuple[MatchProposal, MatchProposal]]()
    for some in slices(await find_people_for(conn, jobs), AT_ONCE):
        people = await load_people(conn, [(organization, person) for organization, _, person in some])
        found = (await load_candidacies_for(conn, people, jobs)).candidacies
        before = {p.candidate: p for p in propose(found, now)}
        changed = {job: replace(job, requirements=asked) for job in {c.job for c in found}}
        after = propose([c._replace(job=changed[c.job]) for c in found], now)
        proposed = [(p, before[p.candidate]) for p in after if p.is_proposed]
        considered, would_be = considered + len(found), would_be + len(proposed)
        first = nsmallest(limit, [*first, *proposed], key=lambda pair: place(pair[0]))
    return Imagined(
        job=jobs.pairs[0][1],
        considered=considered,
        would_be_proposed=would_be,
        proposed=[tell_imagined(*pair) for pair in first],
    )


async def _find(conn: Connection, organization: str, match: str) -> tuple[Match, MatchRun]:
    """A match with its run. Raises MatchNotFound."""
    found = await load_match(conn, organization, match)
    runs = await load_runs(conn, organization, [found.run]) if found else []
    if found is None or not runs:
        raise MatchNotFound("There is no match of this id.")
    return found, runs[0]


def _refuse_blocked(blockers: list[str], before: MatchReviewed | None) -> None:
    """A dismissal may be taken back; whatever else stands against a match may not be overruled."""
    dismissed = before is not None and before.outcome is MatchOutcome.DISMISSED
    against = [b for b in blockers if not (dismissed and b == Blocker.ALREADY_DECIDED)]
    if against:
        raise MatchBlocked("Something stands against this match.", blockers=against)


def _unchanged(event: MatchReviewed, before: MatchReviewed | None) -> MatchReviewed:
    """The decision that is known when this one says the same, so that its instant stays."""
    same = {"reviewed_at": event.reviewed_at, "not_before": event.not_before}
    if before and before.model_copy(update=same) == event:
        return before
    return event

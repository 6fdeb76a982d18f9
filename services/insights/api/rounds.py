"""Rounds: what each job taught, as figures, findings, and one page to print."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from services.insights.api.callers import AnId, Reader, find_job, is_guarded, is_guarded_of, own_jobs
from services.insights.api.rendering import render_report
from services.insights.api.shown import ShownFigure, ShownFinding, ShownTrend, Spoken, Telling
from services.insights.domain.figures import figures
from services.insights.domain.findings import findings
from services.insights.domain.heard import HeardJob
from services.insights.domain.measures import RULES_VERSION, Figure
from services.insights.domain.report import Standing, report, standing
from services.insights.domain.rounds import sum_up
from services.insights.domain.rows import RoundRows
from services.insights.domain.scopes import EVERYBODY, MOST_POINTS, Scopes, trends
from services.insights.domain.sums import SummedRound, add_up
from services.insights.domain.surveys import survey_figures
from services.insights.domain.telling import figure_told, figures_told
from services.insights.sql.openings import load_openings
from services.insights.sql.organizations import load_name
from services.insights.sql.rounds import (
    RoundPlace,
    list_rounds,
    load_final,
    load_round,
    load_rounds_until,
    load_told,
)
from services.insights.sql.surveys import load_answers
from shared.contracts import Id, JobOutcome, Name, RoundSummedUp, Value, family_of
from shared.kit.people import Jobs
from shared.kit.turn import Turn
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened_at

routes = Routes(tags=["rounds"])

# What a reader is shown of a round: itself, or what was said of it, if anything was.
Seen = SummedRound | RoundSummedUp | None


class RoundState(StrEnum):
    """Whether a round still goes on."""

    OPEN = "open"
    CLOSED = "closed"


class ShownRound(Value):
    """A round: its job, how it ended, how many took part. `guarded`: nothing of which one to four could be told."""

    job: Id
    title: Name | None
    family: Name
    cycle: Name | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: JobOutcome | None
    people: int | None
    interviews: int | None
    guarded: bool


class ListedRound(ShownRound):
    """A round in brief: what came to nothing, and what it taught."""

    wasted: list[ShownFigure]
    findings: list[ShownFinding]


class KnownRound(ShownRound):
    """A round with all its figures, and how shares went on from the rounds of the family before it.

    `note`: how they stand to those that were said for good, where people left since or the job was opened again.
    """

    rules_version: str = RULES_VERSION
    figures: list[ShownFigure]
    trends: list[ShownTrend]
    note: str | None


@routes.get("/rounds")
async def read_rounds(
    caller: Reader,
    language: Spoken,
    family: Name | None = None,
    cycle: Name | None = None,
    state: RoundState | None = None,
    outcome: Annotated[JobOutcome | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ListedRound]:
    """Rounds in brief, open ones first, then the newest closing first. Hiring managers see those of their own jobs."""
    after = None
    if cursor:
        at, (job,) = opened_at(cursor, 1)
        after = RoundPlace(at, job)
    async with caller.turn() as turn:
        found = await list_rounds(
            turn.conn, caller.organization, after=after, limit=limit, cycle=cycle, outcome=outcome,
            family=family_of(family, None) if family else None,
            is_open=None if state is None else state is RoundState.OPEN,
            jobs=await own_jobs(turn.conn, caller),
        )  # fmt: skip
        jobs = await load_openings(turn.conn, [(caller.organization, place.job) for place, _ in found])
        said = await _said(turn, [summed for _, summed in found])
    items = [
        _listed(summed, jobs.get((caller.organization, place.job)), said.get(place.job), caller, language)
        for place, summed in found
    ]
    return Page(items=items, cursor=following(found, limit, lambda one: [one[0].ended_at.isoformat(), one[0].job]))


@routes.get("/rounds/{job}")
async def read_round(job: AnId, caller: Reader, language: Spoken) -> KnownRound:
    """One round in figures, each with its interval, or with why there is none."""
    async with caller.turn() as turn:
        known, guarded = await find_job(turn.conn, caller, job)
        summed = await _summed(turn, known)
        said = await _said(turn, [summed])
        answers = await _answers(turn, summed)
        final = await load_final(turn.conn, caller.organization, job)
        before = await _trends(turn, caller, summed, guarded=guarded)
    telling = Telling(language, {c.competency: c.name for c in summed.competencies})
    seen = said.get(job) if guarded else summed
    return KnownRound(
        **_head(summed, known, seen),
        figures=telling.figures([*_of_round(summed, seen), *answers]),
        trends=telling.trends(before),
        note=telling.note(standing(final, summed.round, is_guarded=guarded), final[1] if final else None),
    )


@routes.get("/rounds/{job}/report", response_class=HTMLResponse)
async def read_report(job: AnId, caller: Reader, language: Spoken, request: Request) -> HTMLResponse:
    """One round on one sheet of paper, in the language of the reader. It needs no script.

    Once people of it were erased, it shows what was said of them for good before, which tells of nobody.
    """
    async with caller.turn() as turn:
        known, guarded = await find_job(turn.conn, caller, job)
        summed = await _summed(turn, known)
        final = await load_final(turn.conn, caller.organization, job)
        answers = await _answers(turn, summed)
        said = (await _said(turn, [summed])).get(job)
        name = await load_name(turn.conn, caller.organization)
        before = trends(await _trends(turn, caller, summed, guarded=guarded))
    counts, how = summed.round.counts, standing(final, summed.round, is_guarded=guarded)
    seen: Seen = said if guarded or how is Standing.LEFT else summed
    if not isinstance(seen, SummedRound):
        counts = counts._replace(people=(seen and seen.people) or 0, interviews=(seen and seen.interviews) or 0)
    page = report(known, name, counts, [*_of_round(summed, seen), *answers], turn.now)
    met = [trend for trend in before if trend.points[-1].figure.measure == "met" and trend.points[-1].name == job]
    page = page._replace(standing=how, summed_up_at=final[1] if final else None, trends=met)
    return render_report(page, language, request.app.state.runtime.settings.console_url)


async def _trends(turn: Turn, caller: Caller, summed: SummedRound, *, guarded: bool) -> list[tuple[str, list[Figure]]]:
    """The rounds of the family up to this one, as the caller may see them."""
    kin = await load_rounds_until(turn.conn, summed.round, MOST_POINTS)
    # a hiring manager reads working figures of their own rounds only
    told = None
    if guarded or is_guarded(caller):
        told = {job: [figure_told(f) for f in said.figures] for job, said in (await _said(turn, kin)).items()}
    return list(Scopes(kin, told).one_by_one(EVERYBODY))


async def _summed(turn: Turn, job: HeardJob) -> SummedRound:
    """As it is kept; of a job that was never summed up, nothing."""
    kept = await load_round(turn.conn, job.organization, job.job)
    return kept or sum_up(job, RoundRows([], [], [], [], [], []), turn.now)


async def _said(turn: Turn, rounds: Iterable[SummedRound]) -> dict[str, RoundSummedUp]:
    """By job, what was said of these rounds last."""
    told = await load_told(turn.conn, Jobs((s.round.organization, s.round.job) for s in rounds))
    return {job: said for (_, job), said in told.items()}


async def _answers(turn: Turn, summed: SummedRound) -> list[Figure]:
    return survey_figures(await load_answers(turn.conn, summed.round.organization, of_job=summed.round.job))


def _of_round(summed: SummedRound, seen: Seen) -> list[Figure]:
    return figures(add_up([seen])) if isinstance(seen, SummedRound) else figures_told(seen, summed)


def _listed(
    summed: SummedRound, job: HeardJob | None, said: RoundSummedUp | None, caller: Caller, language: str
) -> ListedRound:
    seen = said if is_guarded_of(caller, job) else summed
    telling = Telling(language, {c.competency: c.name for c in summed.competencies})
    found = _of_round(summed, seen)
    return ListedRound(
        **_head(summed, job, seen),
        wasted=[telling.figure(f) for f in found if f.measure == "wasted"],
        findings=[telling.finding(f) for f in findings(found)],
    )


def _head(summed: SummedRound, job: HeardJob | None, seen: Seen) -> dict[str, object]:
    r, guarded = summed.round, not isinstance(seen, SummedRound)
    told = None if isinstance(seen, SummedRound) else seen
    return {
        "job": r.job,
        "title": job.title if job else None,
        "family": r.family,
        "cycle": r.cycle,
        "opened_at": r.opened_at,
        "closed_at": r.closed_at,
        "outcome": r.outcome,
        "people": (told and told.people) if guarded else r.counts.people,
        "interviews": (told and told.interviews) if guarded else r.counts.interviews,
        "guarded": guarded,
    }

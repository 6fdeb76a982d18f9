"""One job: who applied and what was decided, interviews, what the round taught; and how it ends."""

import asyncio
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import Depends, Form, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.console.api.acts import JOB_DECIDERS, status_of
from services.console.api.links import address
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls import insights
from services.console.calls.desk import Hole, hole_of, panel, panels, rows_of, unless_refused
from services.console.calls.interviews.applications import APPLICATION, APPLICATIONS, DECIDE, REVERSE
from services.console.calls.interviews.feedback import FEEDBACK, FEEDBACK_OWED, INTERVIEWS, ONE_FEEDBACK
from services.console.calls.interviews.jobs import CLOSE_JOB, JOB, JOB_IN_FULL, OPEN_JOB, KnownJob
from services.console.calls.interviews.organization import SETTINGS
from services.console.calls.names import find_names
from services.console.calls.route import Said
from services.console.domain.scorecards import count_scorecards
from shared.contracts import ClosingReason, closing_reason
from shared.web.roles import WRITERS

routes = page_routes()
ROWS, MOST, VERDICTS = 50, 200, 8
_ALWAYS = "1970-01-01T00:00:00Z"
AtJob = Annotated[Visitor, Depends(visiting(Place.JOBS))]


class Tab(StrEnum):
    """A side of a job."""

    PEOPLE = "people"
    INTERVIEWS = "interviews"
    ROUND = "round"


class JobAct(BaseModel):
    """What somebody does on the page; empty fields are left out of what is said."""

    act: Literal["decide", "reverse", "close", "reopen"]
    application: str = ""
    etag: str = ""
    outcome: str = ""
    reason: str = ""
    would_reconsider: str = ""
    told_reason: str = ""


class JobDone(BaseModel):
    """What an act came to: `refused` where a service said no."""

    act: JobAct
    refused: Any = None


@routes.get("/jobs/{job}")
async def show_job(
    job: str,
    visitor: AtJob,
    tab: Tab = Tab.PEOPLE,
    application: Annotated[str, Query(max_length=64)] = "",
    cursor: Annotated[str, Query(max_length=600)] = "",
) -> HTMLResponse:
    """A side of a job, or one application to it."""
    if application:
        return await _show_application(visitor, job, application)
    return await _show(visitor, job, tab, cursor)


@routes.post("/jobs/{job}")
async def change_job(job: str, act: Annotated[JobAct, Form()], visitor: AtJob) -> HTMLResponse:
    """Decide about somebody, close the job, or take either back; the page says what came of it."""
    changes = {"decide": _decide, "reverse": _reverse, "close": _close, "reopen": _reopen}
    changed = await unless_refused(changes[act.act](visitor, job, act))
    done = JobDone(act=act, refused=hole_of(changed))
    if act.act in ("decide", "reverse") and done.refused:
        return await _show_application(visitor, job, act.application, done)
    return await _show(visitor, job, Tab.PEOPLE, "", done)


async def _show(visitor: Visitor, job: str, tab: Tab, cursor: str, done: JobDone | None = None) -> HTMLResponse:
    known, found = await asyncio.gather(visitor.desk.look(JOB, job=job), panels(**_asked(visitor, job, tab, cursor)))
    rows = [row for part in found.values() for row in getattr(part, "items", ())]
    names = await find_names(
        visitor.desk,
        people={row.candidate for row in rows},
        users={user for row in rows for user in (*getattr(row, "interviewers", ()), getattr(row, "interviewer", None))}
        if tab is Tab.INTERVIEWS
        else (),
    )
    return visitor.show(
        f"job_{tab}.html", place=Place.JOBS, status=status_of(done), job=known.value, etag=known.etag, tab=tab.value,
        found=found, names=names, done=done, **_more(visitor, job, tab, found), **_rights(visitor, known.value),
    )  # fmt: skip


def _asked(visitor: Visitor, job: str, tab: Tab, cursor: str) -> dict[str, Any]:
    """What a side of a job consists of."""
    desk = visitor.desk
    if tab is Tab.ROUND:
        return {"round": desk.read(insights.ROUND, job=job)}
    asked: dict[str, Any] = {"owed": desk.read(FEEDBACK_OWED, job=job, limit=MOST)}
    if tab is Tab.INTERVIEWS:
        begin = {"from": _ALWAYS}
        return asked | {"held": desk.read(INTERVIEWS, job=job, limit=MOST, cursor=cursor, **begin)}
    asked["people"] = desk.read(APPLICATIONS, job=job, limit=ROWS, cursor=cursor)
    asked["feedback"] = desk.read(FEEDBACK, job=job, state="submitted", limit=MOST)
    if visitor.roles & {*WRITERS}:
        asked["wishes"] = desk.read(SETTINGS)
    return asked


def _more(visitor: Visitor, job: str, tab: Tab, found: dict[str, Any]) -> dict[str, Any]:
    """The way to the next rows, how many scorecards are there of whom, and what may be told of the end."""
    rows = found.get("people") or found.get("held")
    cursor, wishes = getattr(rows, "cursor", None), found.get("wishes")
    cards: list[Any] = [part for name in ("feedback", "owed") if not isinstance(part := found.get(name), Hole)]
    return {
        "next": address("/jobs", job, tab=tab.value, cursor=cursor) if cursor else None,
        "scorecards": count_scorecards(*cards) if "people" in found and len(cards) == 2 else {},
        "reasons": [(one.reason, _said_in(one, visitor.language)) for one in getattr(wishes, "closing_reasons", ())],
    }


def _said_in(reason: ClosingReason, language: str) -> str:
    """Its words for whoever chooses it: in their language, or else the first it was written in."""
    return closing_reason([reason], reason.reason, language) or reason.texts[0].text


async def _show_application(visitor: Visitor, job: str, application: str, done: JobDone | None = None) -> HTMLResponse:
    """One application: its decision, the verdicts as far as they are shown, and the form."""
    desk = visitor.desk
    known, mine, feedback = await asyncio.gather(
        desk.read(JOB, job=job),
        desk.look(APPLICATION, application=application),
        panel(desk.read(FEEDBACK, application=application, state="submitted", limit=VERDICTS)),
    )
    wanted = rows_of(feedback)
    verdicts, names = await asyncio.gather(
        asyncio.gather(*(panel(desk.read(ONE_FEEDBACK, feedback=one.feedback)) for one in wanted)),
        find_names(
            desk,
            people=[mine.value.candidate],
            users={one.interviewer for one in wanted} | {getattr(mine.value.decision, "decided_by", None)},
        ),
    )
    return visitor.show(
        "application.html", place=Place.JOBS, status=status_of(done), job=known, application=mine.value, etag=mine.etag,
        feedback=feedback, verdicts=verdicts, names=names, done=done, tab=Tab.PEOPLE.value, **_rights(visitor, known),
    )  # fmt: skip


def _rights(visitor: Visitor, job: KnownJob) -> dict[str, bool]:
    """What to offer. The services decide; a form that is always refused helps nobody."""
    return {
        "may_decide": bool(visitor.roles & JOB_DECIDERS),
        "may_close": bool(visitor.roles & {*WRITERS}) and job.opened is not None,
    }


async def _decide(visitor: Visitor, job: str, act: JobAct) -> object:
    decision = {
        "outcome": act.outcome,
        "decided_by": visitor.user,
        "reason": _reason(act),
        "would_reconsider": {"yes": True, "no": False}.get(act.would_reconsider),
    }
    return await visitor.desk.change(DECIDE, _said(decision), etag=act.etag, application=act.application)


def _reason(act: JobAct) -> dict[str, str] | None:
    """Whose no it was follows from the outcome."""
    classes = {"not_selected": "we_declined", "withdrawn": "they_declined", "offer_declined": "they_declined"}
    return {"code": act.reason.strip(), "class": classes.get(act.outcome, "none")} if act.reason.strip() else None


async def _reverse(visitor: Visitor, job: str, act: JobAct) -> object:
    return await visitor.desk.change(REVERSE, Said({}), etag=act.etag, application=act.application)


async def _close(visitor: Visitor, job: str, act: JobAct) -> object:
    said = {"outcome": act.outcome}
    if act.outcome == "nobody_hired":
        said["told_reason"] = act.told_reason
    return await visitor.desk.change(CLOSE_JOB, _said(said), etag=act.etag, job=job)


async def _reopen(visitor: Visitor, job: str, act: JobAct) -> object:
    """What was said of the job is said again, with a newer opening: behind its end, as the service's is dated."""
    said = await visitor.desk.look(JOB_IN_FULL, job=job)
    ended = said.value.closing
    opened_at = max(visitor.now, ended.closed_at + timedelta(microseconds=1)) if ended else visitor.now
    again = {**(said.value.opened or {}), "opened_at": opened_at.isoformat()}
    return await visitor.desk.change(OPEN_JOB, Said(again), etag=act.etag or said.etag, job=job)


def _said(fields: dict[str, Any]) -> Said:
    return Said({name: value for name, value in fields.items() if value not in (None, "")})

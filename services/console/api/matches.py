"""Matches of a job: who is proposed, on what evidence, and what a person does about it, one at a time on purpose."""

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import Depends, Form, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ValidationError

from services.console.api.acts import JOB_DECIDERS, not_before, status_of
from services.console.api.links import address
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls import candidates
from services.console.calls.desk import Hole, hole_of, panels, rows_of, unless_refused, value_of
from services.console.calls.interviews.jobs import JOB
from services.console.calls.names import find_names
from services.console.calls.route import Said
from shared.contracts import Competency
from shared.web.roles import Role

routes = page_routes()
ROWS = 50
UNDONE = "undone"
AtMatches = Annotated[Visitor, Depends(visiting(Place.MATCHES))]


class MatchAct(BaseModel):
    """What somebody does: decide about one match, or ask what other levels would change."""

    act: Literal["accepted", "dismissed", "what-if"]
    match: str = ""
    etag: str = ""
    reason: str = UNDONE


class MatchDone(NamedTuple):
    """What an act came to."""

    act: MatchAct
    refused: Hole | None = None
    levels: dict[str, int] | None = None
    imagined: Any = None


@routes.get("/jobs/{job}/matches")
async def show_matches(
    job: str,
    visitor: AtMatches,
    match: Annotated[str, Query(max_length=64)] = "",
    cursor: Annotated[str, Query(max_length=600)] = "",
) -> HTMLResponse:
    """Everyone proposed, in the order of the service; one of them opened."""
    return await _show(visitor, job, match, cursor)


@routes.post("/jobs/{job}/matches")
async def review(job: str, visitor: AtMatches, act: Annotated[MatchAct, Form()], request: Request) -> HTMLResponse:
    """Accept or dismiss one; or look at what other levels would change, of which nothing is kept."""
    if act.act == "what-if":
        return await _show(visitor, job, "", "", await _imagine(visitor, job, act, request))
    said: dict[str, Any] = {"outcome": act.act, "reason": {"code": act.reason.strip()}}
    said["not_before"] = not_before(visitor).isoformat()
    change = visitor.desk.change(candidates.REVIEW_MATCH, Said(said), etag=act.etag, match=act.match)
    refused = hole_of(await unless_refused(change))
    return await _show(visitor, job, act.match if refused else "", "", MatchDone(act, refused))


@routes.get("/runs/{run}")
async def show_run(run: str, visitor: AtMatches) -> HTMLResponse:
    """One comparison as it is stored, for an audit: what was looked at, what came of it, what a person then did."""
    found = await visitor.desk.read(candidates.RUN, run=run)
    by = found.review.by if found.review else None
    names = await find_names(visitor.desk, people=[found.candidate], users=[by], jobs=[found.job])
    stored = json.dumps({"inputs": found.inputs, "result": found.result}, indent=2, sort_keys=True, ensure_ascii=False)
    factors = _factors(found.result)
    return visitor.show("run.html", place=Place.JOBS, run=found, names=names, stored=stored, factors=factors)


def _factors(result: Mapping[str, Any]) -> list[candidates.Factor]:
    """What each competency added; nothing where rules of another version had other figures."""
    try:
        return [candidates.Factor.model_validate(one) for one in result.get("factors", ())]
    except ValidationError:
        return []


async def _imagine(visitor: Visitor, job: str, act: MatchAct, request: Request) -> MatchDone:
    """What is asked for now, with the levels of the form."""
    form = await request.form()
    opened = (await visitor.desk.read(JOB, job=job)).opened
    asked = [_with_level(one, form.get(f"level:{one.competency}")) for one in (opened.competencies if opened else ())]
    found = await unless_refused(visitor.desk.seek(candidates.WHAT_IF, Said({"competencies": asked}), job=job))
    levels = {one["competency"]: one["level"] for one in asked}
    if isinstance(found, Hole):
        return MatchDone(act, found, levels)
    return MatchDone(act, None, levels, found)


def _with_level(one: Competency, said: object) -> dict[str, Any]:
    """As a job asks for it, at the level of the form where that is one."""
    level = int(said) if isinstance(said, str) and said in ("1", "2", "3", "4", "5") else one.level
    return one.model_dump(mode="json", by_alias=True, exclude_none=True) | {"level": level}


async def _show(visitor: Visitor, job: str, match: str, cursor: str, done: MatchDone | None = None) -> HTMLResponse:
    desk = visitor.desk
    asked = {"matches": desk.read(candidates.MATCHES, job=job, limit=ROWS, cursor=cursor)}
    if match:
        asked["opened"] = desk.look(candidates.MATCH, match=match)  # type: ignore[assignment]
    known, found = await asyncio.gather(desk.read(JOB, job=job), panels(**asked))
    rows = rows_of(found["matches"])
    proposed, audits = [row for row in rows if not row.blockers], Role.AUDITOR in visitor.roles
    shown = len(rows) if audits else len(proposed)
    opened = found.get("opened")
    known_match = value_of(opened)
    names = await find_names(
        desk,
        people=[
            *(row.candidate for row in (rows if audits else proposed)),
            *(one.candidate for one in (done.imagined.proposed if done and done.imagined else ())),
            getattr(known_match, "candidate", None),
        ],
        users=[getattr(getattr(known_match, "review", None), "by", None)],
    )
    return visitor.show(
        "matches.html", place=Place.JOBS, status=status_of(done), tab="matches", job=known, found=found,
        proposed=proposed, opened=opened, names=names, done=done, next=_next(job, found["matches"], shown),
        audited=[row for row in rows if row.run] if audits else [], may_decide=bool(visitor.roles & JOB_DECIDERS),
    )  # fmt: skip


def _next(job: str, matches: Any, shown: int) -> str | None:
    """Whom something stands against comes last and is only counted: nobody but auditors turns their pages."""
    if isinstance(matches, Hole) or not matches.cursor or shown < len(matches.items):
        return None
    return address("/jobs", job, "matches", cursor=matches.cursor)

"""Mentors: who is proposed, who mentors whom, and what for: goals that letters suggested, word for word."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls import candidates
from services.console.calls.desk import CallRefused, panels, rows_of
from services.console.calls.interviews.organization import USERS
from services.console.calls.names import find_names
from shared.contracts import derived_id
from shared.web.roles import DECIDERS

routes = page_routes()
AtMentors = Annotated[Visitor, Depends(visiting(Place.MENTORS))]
ROWS = 200
PROPOSERS = frozenset(DECIDERS)


@routes.get(Place.MENTORS)
async def show_mentors(visitor: AtMentors, candidate: str = "") -> HTMLResponse:
    """Proposed, running, ended; with a candidate, the form to propose somebody to them."""
    return await _show(visitor, candidate=candidate)


@routes.post(Place.MENTORS)
async def act_on_mentorship(visitor: AtMentors, request: Request) -> HTMLResponse:
    """Propose, answer, renew or end."""
    form = await request.form()
    act, candidate = str(form.get("act", "")), str(form.get("candidate", ""))
    try:
        await _change(visitor, act, form)
    except CallRefused as refused:
        return await _show(visitor, candidate=candidate, typed=form, refused=refused.refusal)
    return await _show(visitor, done=act)


async def _change(visitor: Visitor, act: str, form: FormData) -> None:
    relation = str(form.get("relation", ""))
    if act == "propose":
        candidate, user = str(form.get("candidate", "")), str(form.get("user", ""))
        goals = [str(goal) for goal in form.getlist("goal")]
        today = visitor.now.date()
        proposal = candidates.Proposal(candidate=candidate, user=user, goals=goals, starts_on=today)
        relation = derived_id("mentorship", candidate, user, today.isoformat())  # sent twice, it is one proposal
        await visitor.desk.change(candidates.PROPOSE_MENTOR, proposal, relation=relation)
    elif act in ("yes", "no"):
        answer = candidates.MentorsAnswer(agreed=act == "yes", version=str(form.get("version", "")) or "none")
        await visitor.desk.change(candidates.ANSWER_AS_MENTOR, answer, relation=relation)
    elif act == "renew":
        await visitor.desk.change(candidates.RENEW_MENTORSHIP, relation=relation)
    else:
        await visitor.desk.change(candidates.END_MENTORSHIP, relation=relation)


async def _show(
    visitor: Visitor, *, candidate: str = "", typed: FormData | None = None, **said: Any
) -> HTMLResponse:  # fmt: skip
    desk, may_propose = visitor.desk, bool(visitor.roles & PROPOSERS)
    asked: dict[str, Any] = {"mentorships": desk.read(candidates.MENTORSHIPS, limit=ROWS)}
    if may_propose and candidate:
        asked["suggestions"] = desk.read(candidates.SUGGESTIONS, candidate=candidate)
        asked["colleagues"] = desk.read(USERS, limit=ROWS)
    found = {"suggestions": None, "colleagues": None} | await panels(**asked)
    rows = rows_of(found["mentorships"])
    names = await find_names(desk, people=[candidate, *(row.candidate for row in rows)], users=(r.user for r in rows))
    by_stage = {stage: [row for row in rows if row.stage in kinds] for stage, kinds in STAGES.items()}
    return visitor.show(
        "mentors.html", place=Place.MENTORS, by_stage=by_stage, names=names, candidate=candidate, typed=typed,
        chosen=typed.getlist("goal") if typed else [], may_propose=may_propose,
        **{"done": None, "refused": None, **said}, **found,
    )  # fmt: skip


STAGES = {"proposed": ("proposed", "agreed"), "running": ("active",), "ended": ("ended",)}

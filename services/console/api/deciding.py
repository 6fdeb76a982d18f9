"""Everybody of a closed job who was told nothing is decided at once, after it was shown what each will be told."""

from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse

from services.console.api.acts import CHANGED, JOB_DECIDERS, UNTYPED, each, is_meant
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.undoing import things_of, way_back
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import CallRefused, Hole, Refusal, panels, rows_of
from services.console.calls.interviews.applications import REVERSE
from services.console.calls.interviews.jobs import DECIDE_ALL, JOB, UNDECIDED, Decisions
from services.console.calls.names import find_names
from services.console.calls.notifications.letters import ANSWERS
from services.console.calls.route import Said
from shared.contracts import Reason, ReasonClass

routes = page_routes()

ROWS = 200
AtWaiting = Annotated[Visitor, Depends(visiting(Place.WAITING))]


class DecisionsDone(NamedTuple):
    """What was decided or taken back, by applications; or why not, with what was chosen, to stay chosen."""

    act: str
    applications: tuple[str, ...] = ()
    left: int = 0
    error: str = ""
    refusal: Refusal | None = None
    code: str = ""
    again: bool = False
    way_back: str = ""


@routes.get(f"{Place.WAITING}/{{job}}")
async def show_undecided(job: str, visitor: AtWaiting) -> HTMLResponse:
    """Who is undecided, and what each would be told."""
    return await _show(visitor, job)


@routes.post(f"{Place.WAITING}/{{job}}")
async def decide(
    job: str,
    visitor: AtWaiting,
    act: Annotated[str, Form()],
    expected: Annotated[int, Form()] = 0,
    typed: Annotated[str, Form(alias="number")] = "",
    code: Annotated[str, Form()] = "",
    again: Annotated[bool, Form(alias="would_reconsider")] = False,
    etag: Annotated[str, Form()] = "",
    applications: Annotated[list[str] | None, Form(alias="id")] = None,
    of: Annotated[UUID | None, Form()] = None,
) -> HTMLResponse:
    """Decide everybody, or take that back."""
    if act == "reverse":
        return await _show(visitor, job, await _reverse(visitor, await things_of(visitor, applications, of)))
    if not is_meant(expected, typed):
        return await _show(visitor, job, DecisionsDone(act, left=expected, error="number", code=code, again=again))
    decisions = Decisions(
        decided_by=visitor.user,
        expected=expected,
        reason=Reason(code=code.strip(), class_=ReasonClass.WE_DECLINED) if code.strip() else None,
        would_reconsider=again or None,
    )
    try:
        decided = await visitor.desk.change(DECIDE_ALL, decisions, job=job, etag=etag)
    except CallRefused as refused:
        told = refused.refusal
        kind = "changed" if told.code in CHANGED else "refused"
        done = DecisionsDone(act, left=expected, error=kind, refusal=told, code=code, again=again)
        return await _show(visitor, job, done)
    back = await way_back(visitor, decided.applications)
    return await _show(visitor, job, DecisionsDone(act, decided.applications, way_back=back))


async def _reverse(visitor: Visitor, applications: list[str]) -> DecisionsDone:
    """Each by itself: what a service refuses stays decided."""
    told = await each(visitor.desk.change(REVERSE, Said({}), application=one) for one in applications)
    back = tuple(a for a, one in zip(applications, told, strict=True) if not isinstance(one, Hole))
    return DecisionsDone("reverse", back, len(applications) - len(back))


async def _show(visitor: Visitor, job: str, done: DecisionsDone | None = None) -> HTMLResponse:
    desk = visitor.desk
    found = await panels(
        job=desk.read(JOB, job=job),
        undecided=desk.look(UNDECIDED, job=job, limit=ROWS),
        answers=desk.read(ANSWERS, job=job, limit=ROWS),
    )
    looked = found["undecided"]
    etag = "" if isinstance(looked, Hole) else looked.etag
    found["undecided"] = looked if isinstance(looked, Hole) else looked.value
    waiting = rows_of(found["undecided"])
    answers = {one.application: one for one in rows_of(found["answers"])}
    names = await find_names(desk, people=(row.candidate for row in waiting))
    return visitor.show(
        "deciding.html", place=Place.WAITING, found=found, names=names, done=done, answers=answers, job=job, etag=etag,
        address=f"{Place.WAITING}/{job}", may_decide=bool(visitor.roles & JOB_DECIDERS), untyped=UNTYPED,
    )  # fmt: skip

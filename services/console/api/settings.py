"""Settings: how the organisation wants things done, in sentences; and the brake."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.console.api.acts import is_typed
from services.console.api.brake import PULLERS, brakes_of
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import CallRefused, FieldProblem, Hole, Versioned, panels
from services.console.calls.interviews.organization import CONFIGURE, SETTINGS, USERS
from services.console.calls.notifications.work import BRAKE, PULL_BRAKE, Brake
from services.console.calls.work import NOTIFICATIONS_WORK
from shared.contracts import InterviewerInsights, LegalFrame, OrganizationConfigured, OutreachMode, missing_for_live

routes = page_routes()
AtSettings = Annotated[Visitor, Depends(visiting(Place.SETTINGS))]
NUMBERS = (
    "holding_after", "answer_after", "feedback_within", "settling_minutes", "retention_months", "legal_hold_months",
)  # fmt: skip
TEXTS = ("outreach_mode", "interviewer_insights", "language", "timezone", "reply_person", "colour", *LegalFrame._fields)
MOST_USERS = 200


@routes.get(Place.SETTINGS)
async def show_settings(visitor: AtSettings) -> HTMLResponse:
    """What stands now. Whoever may not change it reads it."""
    return await _show(visitor)


@routes.post(Place.SETTINGS)
async def act_on_settings(visitor: AtSettings, request: Request) -> HTMLResponse:
    """The brake, or other settings: those that stand at the version which the form was made of."""
    form = await request.form()
    if form.get("act") in ("pull", "let-go"):
        return await _brake(visitor, request, is_pulled=form["act"] == "pull")
    return await _change(visitor, form)


async def _brake(visitor: Visitor, request: Request, *, is_pulled: bool) -> HTMLResponse:
    braked = await visitor.desk.change(PULL_BRAKE, Brake(paused=is_pulled))
    brakes_of(request.app).note(visitor.identity.organization, braked)
    visitor.brake = braked
    return await _show(visitor, done="pulled" if is_pulled else "let-go")


async def _change(visitor: Visitor, form: FormData) -> HTMLResponse:
    """Keep what was typed, whatever becomes of it."""
    standing = (await visitor.desk.look(SETTINGS)).value
    sent, name = typed(form), str(form.get("name", ""))
    try:
        wanted = OrganizationConfigured.model_validate({**standing.model_dump(), **sent})
    except ValidationError as error:
        problems = [
            FieldProblem(field=str(e["loc"][0]), code=e["type"].replace("_", "-"), detail=e["msg"])
            for e in error.errors()
        ]
        wrong = {one.name: one for one in problems}
        return await _show(visitor, sent=sent, wrong=wrong, typed_name=name)
    if wanted.outreach_mode != standing.outreach_mode and not is_typed(standing.name, name):
        return await _show(visitor, sent=sent, wrong={"name": None}, typed_name=name)
    try:
        await visitor.desk.change(CONFIGURE, wanted, etag=str(form.get("etag", "")))
    except CallRefused as refused:
        if refused.refusal.status == 412:
            return await _show(visitor, sent=sent, conflict=changed(standing, wanted), typed_name=name)
        told = refused.refusal
        wrong = {one.name: one for one in told.errors} or {"": FieldProblem(detail=told.detail or told.title)}
        return await _show(visitor, sent=sent, wrong=wrong, typed_name=name)
    return await _show(visitor, done="saved", changes=changed(standing, wanted))


def typed(form: FormData) -> dict[str, Any]:
    """What a form says; an empty field is none, an unticked box is no."""
    sent: dict[str, Any] = {name: form.get(name) or None for name in TEXTS if name in form}
    sent |= {name: form[name] for name in NUMBERS if name in form}
    sent["automatic_release"] = form.get("automatic_release") == "true"
    name, address = form.get("sender_name"), form.get("sender_address")
    sent["sender"] = {"name": name, "address": address} if name or address else None
    return sent | {name: int(sent[name]) for name in NUMBERS if str(sent.get(name)).isdecimal()}


def changed(before: OrganizationConfigured, after: OrganizationConfigured) -> list[tuple[str, Any, Any]]:
    """What differs: the field, what stands, what was sent."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return [(name, old[name], new[name]) for name in old if old[name] != new[name]]


async def _show(visitor: Visitor, *, sent: dict[str, Any] | None = None, **said: Any) -> HTMLResponse:
    desk = visitor.desk
    found = await panels(
        organization=desk.look(SETTINGS),
        users=desk.read(USERS, limit=MOST_USERS),
        work=desk.read(NOTIFICATIONS_WORK),
        brake=desk.read(BRAKE),
    )
    known = found["organization"]
    values = known.value.model_dump(mode="json") if isinstance(known, Versioned) else {}
    return visitor.show(
        "settings.html",
        place=Place.SETTINGS,
        status=422 if said.get("wrong") else 200,
        may_change=bool(visitor.roles & PULLERS),
        is_missing=isinstance(known, Hole) and known.refusal is not None and known.refusal.status == 404,
        values=values | (sent or {}),
        standing=values,
        legal=LegalFrame._fields,
        open=missing_for_live(values) if values else (),
        modes=[mode.value for mode in OutreachMode],
        own=[choice.value for choice in InterviewerInsights],
        **{"done": None, "wrong": {}, "conflict": None, "changes": [], "typed_name": "", **said},
        **found,
    )

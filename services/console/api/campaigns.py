"""Campaigns: one development point that many letters named, whom it would reach and whom not, and words for them."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import CallRefused, ServiceAway, panels, rows_of
from services.console.calls.names import find_names
from services.console.calls.notifications.campaigns import (
    CAMPAIGNS,
    POINTS,
    PREVIEW,
    START_CAMPAIGN,
    CampaignStart,
    CampaignWords,
)
from services.console.calls.notifications.lint import LINT, Texts
from shared.kit.ids import uuid7
from shared.web.translation import LANGUAGES

routes = page_routes()
AtCampaigns = Annotated[Visitor, Depends(visiting(Place.CAMPAIGNS))]
ROWS = 50


@routes.get(Place.CAMPAIGNS)
async def show_campaigns(visitor: AtCampaigns, competency: str = "", job: str = "", cycle: str = "") -> HTMLResponse:
    """Three steps on one page: the point, whom it reaches, the words."""
    return await _show(visitor, competency=competency, job=job, cycle=cycle)


@routes.post(Place.CAMPAIGNS)
async def act_on_campaign(visitor: AtCampaigns, request: Request) -> HTMLResponse:
    """Look at the words, or start it once the number is typed. The same form sent twice starts one campaign."""
    form = await request.form()
    typed = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    about = {name: typed.get(name, "") for name in ("competency", "job", "cycle")}
    advice, is_read = await advice_on(visitor, typed)
    if typed.get("act") != "start":
        return await _show(visitor, typed=typed, advice=advice, is_checked=True, is_read=is_read, **about)
    if not typed.get("expected", "").isdecimal():
        return await _show(visitor, typed=typed, advice=advice, wrong="number", **about)
    start = CampaignStart(**_words(form), expected=int(typed["expected"]))
    try:
        begun = await visitor.desk.change(START_CAMPAIGN, start, campaign=typed.get("campaign") or uuid7())
    except CallRefused as refused:
        return await _show(visitor, typed=typed, advice=advice, wrong=refused.refusal, **about)
    # Its letters are planned a moment later; so many are meant.
    return await _show(visitor, begun=begun, letters=begun.sent + begun.waiting or start.expected)


def _words(form: FormData) -> dict[str, Any]:
    """What was typed; an empty field says nothing."""
    names = CampaignWords.model_fields
    return {name: str(form[name]).strip() for name in names if str(form.get(name) or "").strip()}


async def advice_on(visitor: Visitor, typed: dict[str, str]) -> tuple[list[str], bool]:
    """What the lint finds in a title and a text, and whether they were read: not where it cannot be asked."""
    texts = [typed[name] for name in ("title", "text") if typed.get(name)]
    if not texts:
        return [], True
    try:
        body = Texts(language=typed.get("language") or "en", texts=texts, names=[])
        told = await visitor.desk.seek(LINT, body)
    except (ServiceAway, CallRefused, ValidationError):
        return [], False
    return [f"{texts[one.text][one.start : one.end]}: {one.advice}" for one in told.findings], told.known


async def _show(
    visitor: Visitor, *, competency: str = "", job: str = "", cycle: str = "", typed: dict[str, str] | None = None,
    **said: Any,
) -> HTMLResponse:  # fmt: skip
    desk, about = visitor.desk, {"job": job, "cycle": cycle}
    asked: dict[str, Any] = {
        "points": desk.read(POINTS, **about, limit=ROWS),
        "campaigns": desk.read(CAMPAIGNS, limit=ROWS),
    }
    if competency:
        asked["preview"] = desk.read(PREVIEW, competency=competency, **about, limit=ROWS)
    found = {"preview": None} | await panels(**asked)
    people, begun = rows_of(found["preview"]), rows_of(found["campaigns"])
    names = await find_names(
        desk, people=(one.candidate for one in people), users=(one.by for one in begun),
        jobs=[job, *(one.job for one in begun)],
    )  # fmt: skip
    called = {one.competency: one.name for one in rows_of(found["points"]) if one.name}
    values = {"advice": [], "is_checked": False, "is_read": True, "wrong": None, "begun": None, "letters": 0, **said}
    return visitor.show(
        "campaigns.html", place=Place.CAMPAIGNS, status=422 if values["wrong"] else 200, competency=competency, job=job,
        cycle=cycle, called=called, typed=typed or {}, names=names, campaign=(typed or {}).get("campaign") or uuid7(),
        languages=LANGUAGES, **values, **found,
    )  # fmt: skip

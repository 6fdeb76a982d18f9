"""News: notes of the organisation, written with the lint beside, published, corrected, taken back."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from services.console.api.campaigns import advice_on
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import CallRefused, Refusal, panels, rows_of
from services.console.calls.names import find_names
from services.console.calls.notifications.news import NOTE, NOTES, PUBLISH, Note
from services.console.calls.route import Said
from shared.kit.ids import uuid7
from shared.web.roles import DECIDERS
from shared.web.translation import LANGUAGES

routes = page_routes()
AtNews = Annotated[Visitor, Depends(visiting(Place.NEWS))]
ROWS = 50
ANSWERS = ("role", "team", "organization", "process", "competency")
ABOUT = ("openings", "team", "industry", "growth", "events")
FIELDS = ("title", "text", "url", "about", "families", "cycle", "language", "tell_until")


@routes.get(Place.NEWS)
async def show_news(
    visitor: AtNews, news: str = "", families: str = "", answers: Annotated[Sequence[str], Query()] = ()
) -> HTMLResponse:
    """Every note, and the form for a new one, for `families` perhaps, that `answers` what they understood otherwise;
    with `news`, for a correction of that one.
    """
    if not news:
        return await _show(visitor, typed={"families": families, **dict.fromkeys(map(_ticked, answers), "on")})
    stands = await visitor.desk.look(NOTE, news=news)
    return await _show(visitor, typed=_typed(stands.value), etag=stands.etag, news=news)


@routes.post(Place.NEWS)
async def act_on_news(visitor: AtNews, request: Request) -> HTMLResponse:
    """Look at the words, or publish them. The same form sent twice publishes one note."""
    typed = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    news, etag = typed.get("news") or uuid7(), typed.get("etag", "")
    if typed.get("act") != "publish":
        advice, is_read = await advice_on(visitor, typed)
        return await _show(visitor, typed=typed, etag=etag, news=news, advice=advice, is_checked=True, is_read=is_read)
    try:
        saved = await visitor.desk.change(PUBLISH, Said(_body(typed)), etag=etag, news=news)
    except CallRefused as refused:
        said = await _refused(visitor, typed, news, refused.refusal)
        return await _show(visitor, **{"typed": typed, "etag": etag, "news": news, **said})
    return await _show(visitor, done=saved.recorded)


async def _refused(visitor: Visitor, typed: dict[str, str], news: str, refusal: Refusal) -> dict[str, Any]:
    """Why it was not published; where somebody else was faster, with what stands now."""
    if refusal.status != 412:
        advice, _ = await advice_on(visitor, typed)
        return {"wrong": refusal, "advice": advice}
    stands = await visitor.desk.look(NOTE, news=news)
    return {"wrong": refusal, "etag": stands.etag, "stands": _typed(stands.value)}


def _body(typed: dict[str, str]) -> dict[str, Any]:
    """What was typed; an empty field says nothing. Fields of work are separated by commas."""
    said: dict[str, Any] = {name: typed[name] for name in FIELDS if typed.get(name)}
    if families := [one.strip() for one in typed.get("families", "").split(",") if one.strip()]:
        said["families"] = families
    said["answers"] = [about for about in ANSWERS if typed.get(_ticked(about))]
    return said


def _ticked(about: str) -> str:
    """The name of its box in the form."""
    return f"answers-{about}"


def _typed(note: Note) -> dict[str, str]:
    """A note as its form holds it."""
    told = note.model_dump(mode="json") | {"families": ", ".join(note.families)}
    return {name: str(told[name] or "") for name in FIELDS} | {
        _ticked(about): "on" if about in note.answers else "" for about in ANSWERS
    }


async def _show(
    visitor: Visitor, *, typed: dict[str, str] | None = None, etag: str = "", news: str = "", **said: Any
) -> HTMLResponse:
    found = await panels(notes=visitor.desk.read(NOTES, limit=ROWS))
    names = await find_names(visitor.desk, users=(one.by for one in rows_of(found["notes"])))
    values = {"advice": [], "is_checked": False, "is_read": True, "wrong": None, "stands": None, "done": None, **said}
    return visitor.show(
        "news.html", place=Place.NEWS, status=422 if values["wrong"] else 200, typed=typed or {}, etag=etag,
        news=news or uuid7(), may_write=bool(visitor.roles & frozenset(DECIDERS)), abouts=ABOUT, answers=ANSWERS,
        languages=LANGUAGES, names=names, **values, **found,
    )  # fmt: skip

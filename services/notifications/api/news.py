"""News: the organisation's short notes to those who asked to be kept in touch; a note said again is corrected."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from services.notifications.api.callers import AnId, Reader, Recruiter
from services.notifications.api.own_words import refuse_findings
from services.notifications.sql.news import find_news, list_news, place_of
from services.notifications.sql.organizations import load_organizations
from shared.contracts import Day, Id, Language, MisconceptionAbout, Name, NewsAbout, NewsPublished, Text, Url, Value
from shared.web.answers import Saved, answered
from shared.web.bodies import Routes, event_of
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.problems import Conflict, NotFound

routes = Routes(tags=["news"])


class NewsNotFound(NotFound):
    """No note of this id."""

    code = "news-not-found"


class NewsWithFindings(Conflict):
    """The lint found something in the title or the text."""

    code = "news-has-findings"


class NewsLanguageUnknown(Conflict):
    """Nothing in this language can be looked at before it reaches many people."""

    code = "news-language-unknown"


class News(Value):
    """A note, in `language` (the organisation's where absent), for people of some fields of work or of a cycle.

    Where none is named it is for everyone. Nobody is told of it after `tell_until`: an evening that is over.
    `answers`: what candidates had understood otherwise, and read here as it is.
    """

    title: Name
    text: Text
    url: Url | None = None
    families: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    cycle: Name | None = None
    about: NewsAbout
    language: Language | None = None
    tell_until: Day | None = None
    answers: Annotated[tuple[MisconceptionAbout, ...], Field(max_length=len(MisconceptionAbout))] = ()


class ShownNews(Value):
    """A note, who published it last and when it was published first."""

    news: Id
    title: Name
    text: Text
    url: Url | None
    families: tuple[Name, ...]
    cycle: Name | None
    about: NewsAbout
    language: Language
    tell_until: date | None
    answers: tuple[MisconceptionAbout, ...]
    by: Id
    published_at: datetime


@routes.get("/news")
async def read_news_notes(caller: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[ShownNews]:
    """Every note, the newest first."""
    async with caller.turn() as turn:
        found = await list_news(turn.conn, caller.organization, opened(cursor, 2), limit)
    return Page(items=[_shown(note) for note in found], cursor=following(found, limit, place_of))


@routes.get("/news/{news}")
async def read_news(news: AnId, caller: Reader) -> ShownNews:
    """One note."""
    async with caller.turn() as turn:
        found = await find_news(turn.conn, caller.organization, news)
        if found is None:
            raise NewsNotFound("There is no note of this id.")
        await caller.show_version(turn.conn, NewsPublished, news)
    return _shown(found)


@routes.put("/news/{news}", responses={201: {"description": "Published.", "model": Saved}})
async def publish_news(news: AnId, body: News, response: Response, caller: Recruiter) -> Saved:
    """Publish a note, or correct it: whoever was told is not told again. A last day that has passed takes it back.

    409 when the lint finds something, colleagues' names among it, has no list of the language, or reads another one.
    """
    async with caller.turn() as turn:
        settings = (await load_organizations(turn.conn, [caller.organization]))[caller.organization]
        known, language = await find_news(turn.conn, caller.organization, news), body.language or settings.language
        await refuse_findings(
            turn.conn, caller.organization, [body.title, body.text], language,
            unknown=NewsLanguageUnknown, found=NewsWithFindings,
        )  # fmt: skip
        published_at = known.published_at if known else turn.now
        event = event_of(NewsPublished, body, news, language=language, by=caller.user, published_at=published_at)
        recorded = await caller.record(turn, event)
    return answered(response, recorded)


def _shown(note: NewsPublished) -> ShownNews:
    return ShownNews(**note.model_dump())

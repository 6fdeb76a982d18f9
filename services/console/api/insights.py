"""Insights: what rounds taught, as figures with how sure they are, and findings that lead to where one acts."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Response
from fastapi.responses import HTMLResponse

from services.console.api.places import Place
from services.console.api.rendering import HEADERS
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls import insights
from services.console.calls.desk import panel, panels, rows_of
from services.console.calls.interviews.jobs import JOB
from services.console.calls.names import find_names
from services.console.calls.notifications.survey import SURVEY
from services.console.calls.notifications.usefulness import USEFULNESS
from services.console.domain.figures import FiguresByName
from shared.web.acting import where_to
from shared.web.numbers import number, percent, span
from shared.web.roles import Role

routes = page_routes()
AtInsights = Annotated[Visitor, Depends(visiting(Place.INSIGHTS))]
_SCORED = frozenset({Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.AUDITOR})
_OF_PEOPLE = _SCORED | {Role.HIRING_MANAGER}
_READING = _SCORED | {Role.HIRING_MANAGER, Role.ANALYST}
RATED = frozenset({Role.INTERVIEWER, Role.HIRING_MANAGER, Role.RECRUITER})
_PASSED_ON = ("content-type", "content-security-policy", "content-language", "referrer-policy", "x-robots-tag")
ROWS = 50


@routes.get(Place.INSIGHTS)
async def show_overview(visitor: AtInsights) -> HTMLResponse:
    """Every round together. Who has figures of their own only finds those."""
    if not visitor.roles & _READING:
        return await show_mine(visitor)
    desk = visitor.desk
    found = await panels(scope=desk.read(insights.OVERVIEW), rounds=desk.read(insights.ROUNDS, limit=ROWS))
    return _page(visitor, "insights_scope.html", "overview", found["scope"], kind="overview", **found)


@routes.get(Place.INSIGHTS + "/families/{family}")
async def show_family(visitor: AtInsights, family: str) -> HTMLResponse:
    """The rounds of one family of jobs."""
    desk = visitor.desk
    scope = await desk.read(insights.FAMILY, family=family)
    found = await panels(rounds=desk.read(insights.ROUNDS, family=family, limit=ROWS))
    return _page(visitor, "insights_scope.html", "overview", scope, kind="family", scope=scope, **found)


@routes.get(Place.INSIGHTS + "/cycles/{cycle}")
async def show_cycle(visitor: AtInsights, cycle: str) -> HTMLResponse:
    """One cycle, and how it stands to those before."""
    desk = visitor.desk
    scope = await desk.read(insights.CYCLE, cycle=cycle)
    found = await panels(rounds=desk.read(insights.ROUNDS, cycle=cycle, limit=ROWS))
    return _page(visitor, "insights_scope.html", "overview", scope, kind="cycle", scope=scope, **found)


@routes.get(Place.INSIGHTS + "/rounds")
async def show_rounds(
    visitor: AtInsights, family: str = "", cycle: str = "", state: str = "", outcome: str = "", cursor: str = ""
) -> HTMLResponse:
    """Rounds in brief, the open ones first."""
    asked = {"family": family, "cycle": cycle, "state": state, "outcome": outcome}
    found = await visitor.desk.read(insights.ROUNDS, **asked, cursor=cursor, limit=ROWS)
    return _page(visitor, "insights_rounds.html", "rounds", asked=asked, rounds=found)


@routes.get(Place.INSIGHTS + "/rounds/{job}")
async def show_round(visitor: AtInsights, job: str) -> HTMLResponse:
    """One round in figures. What the job asks for comes from whoever knows it, and who is behind them, if they may."""
    desk = visitor.desk
    asked: dict[str, Any] = {"round": desk.read(insights.ROUND, job=job)}
    if visitor.may_see(Place.JOBS):
        asked["opening"] = desk.read(JOB, job=job)
    if visitor.roles & _OF_PEOPLE:
        asked["people"] = desk.read(insights.PEOPLE, job=job, limit=ROWS)
    found = {"people": None, "opening": None} | await panels(**asked)
    people = rows_of(found["people"])
    names = await find_names(desk, people=(one.candidate for one in people))
    opened = getattr(found["opening"], "opened", None)
    wanted = {one.competency: one for one in opened.competencies} if opened else {}
    return _page(visitor, "insights_round.html", "rounds", found["round"], asked=wanted, job=job, names=names, **found)


@routes.get(Place.INSIGHTS + "/rounds/{job}/report")
async def show_report(visitor: AtInsights, job: str) -> Response:
    """The sheet to print, as insights writes it: it keeps to its own policy, and runs nothing."""
    sheet = await visitor.desk.fetch(insights.REPORT, job=job)
    answer = Response(sheet.content, headers=HEADERS)
    answer.headers.update({name: sheet.headers[name] for name in _PASSED_ON if name in sheet.headers})
    return answer


@routes.get(Place.INSIGHTS + "/growth")
async def show_growth(visitor: AtInsights, family: str = "") -> HTMLResponse:
    """Who came back stronger: those who were told what to build up, beside those whom nobody told."""
    growth = await visitor.desk.read(insights.GROWTH, family=family)
    return _page(visitor, "insights_growth.html", "growth", growth, growth=growth, family=family)


@routes.get(Place.INSIGHTS + "/survey")
async def show_survey(visitor: AtInsights, job: str = "", cycle: str = "") -> HTMLResponse:
    """What candidates answered, in whole batches of five."""
    desk = visitor.desk
    found = await panels(survey=desk.read(SURVEY, job=job, cycle=cycle), rounds=desk.read(insights.ROUNDS, limit=ROWS))
    return _page(visitor, "insights_survey.html", "survey", job=job, cycle=cycle, **found)


@routes.get(Place.INSIGHTS + "/mine")
async def show_mine(visitor: AtInsights) -> HTMLResponse:
    """What an interviewer is told of themselves, and nobody else is."""
    mine = await visitor.desk.read(insights.MINE)
    useful = await panel(visitor.desk.read(USEFULNESS, interviewer=visitor.user)) if mine.told else None
    return _page(visitor, "insights_mine.html", "mine", mine, mine=mine, useful=useful)


def _page(visitor: Visitor, template: str, tab: str, told: Any = None, **values: Any) -> HTMLResponse:
    figures: Sequence[insights.Figure] = getattr(told, "figures", ())
    language = visitor.language
    return visitor.show(
        template,
        place=Place.INSIGHTS,
        tab=tab,
        tabs=_tabs(visitor.roles),
        figures=FiguresByName(figures),
        findings=[f for f in figures if f.finding],
        where_to=lambda *about: _way(visitor, where_to(*about)),
        percent=lambda share: percent(share, language),
        number=lambda value: number(value, language),
        span=lambda hours: span(hours, language),
        **values,
    )


def _way(visitor: Visitor, there: str) -> str:
    """The way to where one acts, for whoever may go there."""
    place = Place("/" + there.strip("/").partition("?")[0].partition("/")[0])
    return there if visitor.may_see(place) else ""


def _tabs(roles: frozenset[Role]) -> list[str]:
    reading = ["overview", "rounds", "growth"] if roles & _READING else []
    return reading + (["survey"] if roles & _OF_PEOPLE else []) + (["mine"] if roles & RATED else [])

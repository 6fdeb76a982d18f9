"""Preferences: language, time zone and keys of whoever looks."""

from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.domain.preferences import Preferences, known_zone, zones
from services.console.sql.preferences import save_preferences
from shared.web.translation import LANGUAGES

routes = page_routes()
_AT_PAGE = Depends(visiting(Place.PREFERENCES))


@routes.get(Place.PREFERENCES)
async def show_preferences(visitor: Annotated[Visitor, _AT_PAGE]) -> HTMLResponse:
    """What is so, in a form."""
    return _show(visitor)


@routes.post(Place.PREFERENCES)
async def keep_preferences(
    visitor: Annotated[Visitor, _AT_PAGE],
    language: Annotated[str, Form()] = "",
    zone: Annotated[str, Form()] = "",
    keys: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Keep what was chosen; what is no language and no zone of ours counts as none."""
    wanted = Preferences(language if language in LANGUAGES else None, known_zone(zone), bool(keys))
    database = visitor.request.app.state.runtime.database
    async with database.transaction([visitor.identity.organization]) as conn:
        await save_preferences(conn, visitor.identity.organization, visitor.user, wanted)
    visitor.preferences = wanted
    return _show(visitor, is_kept=True)


def _show(visitor: Visitor, *, is_kept: bool = False) -> HTMLResponse:
    areas: dict[str, list[str]] = {}
    for zone in zones():
        areas.setdefault(zone.partition("/")[0], []).append(zone)
    return visitor.show("preferences.html", place=Place.PREFERENCES, areas=areas, is_kept=is_kept)

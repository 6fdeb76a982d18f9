"""Whatever is no page of the console: a person who comes there by a browser is told so in a page."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.routing import Match
from starlette.types import Scope

from services.console.api.failures import reads_pages
from services.console.api.places import Place
from services.console.api.routes import PageRoute
from services.console.api.visitors import Visitor, visiting
from shared.web.problems import NoSuchAddress


class Elsewhere(PageRoute):
    """For those who read pages; programs are told as everywhere."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Only where a page is asked for."""
        return super().matches(scope) if reads_pages(scope) else (Match.NONE, {})


routes = APIRouter(route_class=Elsewhere, include_in_schema=False)


@routes.get("/{path:path}", response_class=HTMLResponse)
async def tell(_: Annotated[Visitor, Depends(visiting(Place.TODAY))]) -> HTMLResponse:
    """There is no such page."""
    raise NoSuchAddress

"""Every component of the console with the words it is used with, in a demo: what a designer looks at first."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import Hole
from services.console.calls.interviews.jobs import Job
from services.console.calls.route import Listed
from shared.web.problems import NoSuchAddress

routes = page_routes()


@routes.get("/styleguide")
async def show_styleguide(
    request: Request, visitor: Annotated[Visitor, Depends(visiting(Place.TODAY))]
) -> HTMLResponse:
    """Only where nobody works: in a demo or a test."""
    if request.app.state.runtime.settings.env == "production":
        raise NoSuchAddress
    return visitor.show(
        "styleguide.html",
        hole=Hole("insights"),
        nothing=Listed[Job](items=()),
        earlier=visitor.now - timedelta(hours=3),
    )

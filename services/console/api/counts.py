"""What is new: how much each list holds now, asked by a page that somebody looks at (docs/decisions/070)."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import JSONResponse

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, glancing
from services.console.calls.desk import Hole, panels
from services.console.calls.work import CANDIDATES_WORK, INTERVIEWS_WORK, NOTIFICATIONS_WORK

routes = page_routes()


@routes.get("/counts")
async def count_work(visitor: Annotated[Visitor, Depends(glancing(Place.TODAY))]) -> JSONResponse:
    """Numbers by the names of lists; those of a service that is away are left out."""
    desk = visitor.desk
    found = await panels(
        interviews=desk.read(INTERVIEWS_WORK),
        candidates=desk.read(CANDIDATES_WORK),
        notifications=desk.read(NOTIFICATIONS_WORK),
    )
    told = [work.model_dump() for work in found.values() if not isinstance(work, Hole)]
    return JSONResponse({name: count for work in told for name, count in work.items()})

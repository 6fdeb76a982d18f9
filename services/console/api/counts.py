"""What is new: how much each list holds now, asked by a page that somebody looks at (docs/decisions/070)."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import JSONResponse

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, glancing
from services.console.calls import candidates, interviews, notifications
from services.console.calls.desk import Hole, panels

routes = page_routes()


@routes.get("/counts")
async def count_work(visitor: Annotated[Visitor, Depends(glancing(Place.TODAY))]) -> JSONResponse:
    """Numbers by the names of lists; those of a service that is away are left out."""
    desk = visitor.desk
    found = await panels(
        interviews=desk.read(interviews.WORK),
        candidates=desk.read(candidates.WORK),
        notifications=desk.read(notifications.WORK),
    )
    told = [work.model_dump() for work in found.values() if not isinstance(work, Hole)]
    return JSONResponse({name: count for work in told for name, count in work.items()})

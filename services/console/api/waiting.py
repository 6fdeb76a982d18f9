"""Who waits, for what, and whose turn it is; and the closed jobs of which nobody told some people anything yet."""

from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from services.console.api.links import address
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.views import views_of
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import panels, rows_of
from services.console.calls.interviews.jobs import JOBS
from services.console.calls.names import find_names
from services.console.calls.notifications.work import TOTALS, WAITING

routes = page_routes()

ROWS = 50
MOST_JOBS = 200


class WantedWaiting(BaseModel):
    """What the address says: which of those who wait."""

    model_config = ConfigDict(extra="forbid")

    missing: Literal["", "decision", "feedback", "approval", "delivery", "asked"] = ""
    overdue: bool = False
    mine: bool = False
    cursor: str | None = None

    @property
    def waits_for(self) -> dict[str, object]:
        """The same, as notifications are asked for it: what candidates asked for waits for an approval, too."""
        if self.missing == "asked":
            return {"asked": True}
        return {"missing": self.missing, "asked": False if self.missing == "approval" else None}

    def following(self, cursor: str) -> str:
        """The address of the next page."""
        return address(Place.WAITING, **self.model_dump() | {"cursor": cursor})


@routes.get(Place.WAITING)
async def show_waiting(
    visitor: Annotated[Visitor, Depends(visiting(Place.WAITING))], wanted: Annotated[WantedWaiting, Query()]
) -> HTMLResponse:
    """Totals by whose turn it is, then everyone: the longest overdue first, then by the day that was promised."""
    desk = visitor.desk
    found = await panels(
        waiting=desk.read(
            WAITING, order="due", limit=ROWS, cursor=wanted.cursor, **wanted.waits_for,
            owner=visitor.user if wanted.mine else None, overdue=True if wanted.overdue else None,
        ),
        totals=desk.read(TOTALS, limit=ROWS),
        closed=desk.read(JOBS, state="closed", limit=MOST_JOBS),
    )  # fmt: skip
    rows, totals = rows_of(found["waiting"]), rows_of(found["totals"])
    names = await find_names(
        desk,
        people=(row.candidate for row in rows),
        users=[*(row.owner for row in rows), *(total.owner for total in totals)],
        jobs=(row.job for row in rows),
    )
    undecided = [job for job in rows_of(found["closed"]) if job.undecided]
    return visitor.show(
        "waiting.html",
        views=await views_of(visitor, Place.WAITING),
        place=Place.WAITING,
        found=found,
        names=names,
        wanted=wanted,
        undecided=undecided,
    )

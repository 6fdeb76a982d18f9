"""Jobs: which there are, and how many people wait for a decision about each."""

from typing import Annotated, NamedTuple

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from services.console.api.links import address
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.views import views_of
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import Hole, panel
from services.console.calls.interviews.jobs import JOBS

routes = page_routes()
ROWS = 50
Text = Annotated[str, Query(max_length=200)]


class JobFilter(NamedTuple):
    """Which jobs. What stands here is in the address: a title names nobody."""

    text: str
    state: str
    family: str
    cycle: str
    mine: bool

    @property
    def is_filtered(self) -> bool:
        """Not simply all of them."""
        return any(self)


def _asked(text: Text = "", state: Text = "", family: Text = "", cycle: Text = "", mine: bool = False) -> JobFilter:
    return JobFilter(text.strip(), state, family.strip(), cycle.strip(), mine)


@routes.get(Place.JOBS)
async def show_jobs(
    visitor: Annotated[Visitor, Depends(visiting(Place.JOBS))],
    asked: Annotated[JobFilter, Depends(_asked)],
    cursor: Annotated[str, Query(max_length=600)] = "",
) -> HTMLResponse:
    """The newest first, by state, family, cycle, words of the title, and whose they are."""
    wanted = {**asked._asdict(), "mine": asked.mine or None}
    jobs = await panel(visitor.desk.read(JOBS, **wanted, limit=ROWS, cursor=cursor))
    more = None if isinstance(jobs, Hole) else jobs.cursor
    following = address(Place.JOBS, **wanted, cursor=more) if more else None
    return visitor.show(
        "jobs.html", views=await views_of(visitor, Place.JOBS), place=Place.JOBS, jobs=jobs, asked=asked, next=following
    )

"""Search: people by name or address, jobs by title or id. Sent as a form, so that no address holds a name."""

from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls import candidates
from services.console.calls.desk import panels
from services.console.calls.interviews.jobs import JOBS, Job
from services.console.calls.route import Said

routes = page_routes()
ROWS = 20
AtSearch = Annotated[Visitor, Depends(visiting(Place.SEARCH))]


@routes.get(Place.SEARCH)
async def show_search(visitor: AtSearch) -> HTMLResponse:
    """The form alone."""
    return visitor.show("search.html", place=Place.SEARCH, text="", cursor="", found={})


@routes.post(Place.SEARCH)
async def search(
    visitor: AtSearch,
    text: Annotated[str, Form(max_length=200)] = "",
    cursor: Annotated[str, Form(max_length=600)] = "",
) -> HTMLResponse:
    """Who and what is called so. Jobs are the newest 200."""
    sought = text.strip()
    if not sought:
        return await show_search(visitor)
    desk = visitor.desk
    body = {"text": sought, "limit": ROWS} | ({"cursor": cursor} if cursor else {})
    found = await panels(people=desk.seek(candidates.SEARCH, Said(body)), jobs=_titled(visitor, sought))
    return visitor.show("search.html", place=Place.SEARCH, text=sought, cursor=cursor, found=found)


async def _titled(visitor: Visitor, sought: str) -> list[Job]:
    """Jobs of this title or id. What is typed may be a name: titles are compared here, and no address holds it."""
    newest = (await visitor.desk.read(JOBS, limit=200)).items
    words = sought.casefold().split()
    return [job for job in newest if job.job == sought or all(w in (job.title or "").casefold() for w in words)][:ROWS]

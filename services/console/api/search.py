"""Search: people by name or address, jobs by title, anything by its id. Sent as a form: no address holds a name."""

import re
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.console.api.links import address
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls import candidates
from services.console.calls.desk import Hole, panels
from services.console.calls.interviews.applications import APPLICATION
from services.console.calls.interviews.feedback import ASKED
from services.console.calls.interviews.jobs import JOB, JOBS, Job
from services.console.calls.notifications.letters import LETTER
from services.console.calls.route import Said

routes = page_routes()
ROWS = 20
# What may be a name or a telephone number is no id, as services are asked for ids by their addresses.
_ID = re.compile(r"(?=.*[0-9])(?!0[0-9]*$)[A-Za-z0-9._:\-]{1,64}")
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
) -> Response:
    """The page of what has this id; else who and what is called so. Jobs are the newest 200."""
    sought = text.strip()
    if not sought:
        return await show_search(visitor)
    if _ID.fullmatch(sought) and not cursor and (place := await _page_of(visitor, sought)):
        return RedirectResponse(place, 303)
    desk = visitor.desk
    body = {"text": sought, "limit": ROWS} | ({"cursor": cursor} if cursor else {})
    found = await panels(people=desk.seek(candidates.SEARCH, Said(body)), jobs=_titled(visitor, sought))
    return visitor.show("search.html", place=Place.SEARCH, text=sought, cursor=cursor, found=found)


async def _page_of(visitor: Visitor, sought: str) -> str | None:
    """Where the page is of a job, an application, an interview, a letter or a person of this id."""
    read = visitor.desk.read
    found = await panels(
        job=read(JOB, job=sought),
        application=read(APPLICATION, application=sought),
        interview=read(ASKED, interview=sought),
        letter=read(LETTER, letter=sought),
        people=read(candidates.NAMES, ids=[sought]),
    )
    known = {kind: one for kind, one in found.items() if not isinstance(one, Hole)}
    if "job" in known:
        return address(Place.JOBS, sought)
    for one in (known[kind] for kind in ("application", "interview") if kind in known):
        if one.job:
            return address(Place.JOBS, one.job, application=one.application)
        return address(Place.PERSON, one.candidate)
    if "letter" in known and visitor.may_see(Place.LETTERS):
        return address(Place.LETTERS, sought)
    people = known["people"].items if "people" in known else ()
    candidate = next((one.candidate for one in (known.get("letter"), *people) if one), None)
    return address(Place.PERSON, candidate) if candidate else None


async def _titled(visitor: Visitor, sought: str) -> list[Job]:
    """Jobs of this title. What is typed may be a name: titles are compared here, and no address holds it."""
    newest = (await visitor.desk.read(JOBS, limit=200)).items
    words = sought.casefold().split()
    return [job for job in newest if all(w in (job.title or "").casefold() for w in words)][:ROWS]

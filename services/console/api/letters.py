"""Letters: what waits to be released, by job; released, held back and taken back, one or many at once."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Form, Query
from fastapi.responses import HTMLResponse

from services.console.api.acts import not_before
from services.console.api.places import Place
from services.console.api.releasing import Released, release_all, release_some, take_back
from services.console.api.routes import page_routes
from services.console.api.undoing import things_of, way_back
from services.console.api.views import views_of
from services.console.api.visitors import Visitor, visiting
from services.console.api.wanted_letters import Wanted, in_order
from services.console.calls.desk import Hole, Versioned, panel, panels
from services.console.calls.interviews.jobs import JOBS
from services.console.calls.names import find_names
from services.console.calls.notifications.letters import APPROVALS, JOB_APPROVALS, LETTERS

routes = page_routes()

ROWS = 50
MOST_JOBS = 200
LISTED_AS = {"leaving": "planned", "sent": "sent"}

AtLetters = Annotated[Visitor, Depends(visiting(Place.LETTERS))]


@routes.get(Place.LETTERS)
async def show_letters(visitor: AtLetters, wanted: Annotated[Wanted, Query()]) -> HTMLResponse:
    """The letters of a job that wait, will leave, or left; or the jobs of which letters wait."""
    return await _show(visitor, wanted)


@routes.post(Place.LETTERS)
async def act_on_letters(
    visitor: AtLetters,
    wanted: Annotated[Wanted, Query()],
    act: Annotated[Literal["release", "release-all", "take-back"], Form()],
    letters: Annotated[list[str] | None, Form(alias="id")] = None,
    expected: Annotated[int, Form()] = 0,
    typed: Annotated[str, Form(alias="number")] = "",
    etag: Annotated[str, Form()] = "",
    of: Annotated[UUID | None, Form()] = None,
) -> HTMLResponse:
    """Release all that raise no concern, release those chosen, or take back."""
    chosen = await things_of(visitor, letters, of)
    if act == "take-back":
        done = await take_back(visitor, chosen)
    elif act == "release-all":
        done = await release_all(visitor, wanted.job or "", expected, typed, etag)
    else:
        done = await release_some(visitor, wanted.job or "", chosen, typed)
    done = done._replace(way_back=await way_back(visitor, done.things))
    return await _show(visitor, wanted, done=done, chosen=chosen if done.error else ())


async def _show(
    visitor: Visitor, wanted: Wanted, *, done: Released | None = None, chosen: Any = ()
) -> HTMLResponse:  # fmt: skip
    found = await _found(visitor, wanted)
    wanted, listing = await _listed(visitor, wanted, found["jobs"])
    rows = [] if isinstance(listing, Hole) or listing is None else listing.value.items
    names = await find_names(
        visitor.desk,
        people=[*(row.candidate for row in rows), *(done.people if done else ())],
        jobs=[*(row.job for row in _jobs(found["jobs"])), *(getattr(row, "job", None) for row in rows), wanted.job],
    )
    rows = in_order(rows, names) if wanted.waits else rows
    return visitor.show(
        "letters.html", views=await views_of(visitor, Place.LETTERS),
        place=Place.LETTERS, wanted=wanted, jobs=found["jobs"], listing=listing, rows=rows, names=names,
        done=done, soonest=not_before(visitor), chosen=set(chosen),
    )  # fmt: skip


async def _found(visitor: Visitor, wanted: Wanted) -> dict[str, Any]:
    """The jobs of which letters wait; only mine, where only they are wanted."""
    asked = {"jobs": visitor.desk.read(APPROVALS, limit=MOST_JOBS)}
    if not wanted.mine:
        return await panels(**asked)
    found = await panels(**asked, mine=visitor.desk.read(JOBS, mine=True, limit=MOST_JOBS))
    mine = {job.job for job in _jobs(found["mine"])}
    if isinstance(found["jobs"], Hole) or isinstance(found["mine"], Hole):
        return found
    items = tuple(row for row in found["jobs"].items if row.job in mine)
    return found | {"jobs": found["jobs"].model_copy(update={"items": items})}


async def _listed(visitor: Visitor, wanted: Wanted, jobs: Any) -> tuple[Wanted, Versioned | Hole | None]:
    """The rows, and of which job: of the only one, where none is chosen."""
    if wanted.waits and not wanted.job and len(_jobs(jobs)) == 1:
        wanted = wanted.model_copy(update={"job": _jobs(jobs)[0].job})
    asked = {"limit": ROWS, "cursor": wanted.cursor, "job": wanted.job}
    if not wanted.waits:
        return wanted, await panel(visitor.desk.look(LETTERS, state=LISTED_AS[wanted.state], **asked))
    if not wanted.job:
        return wanted, None
    return wanted, await panel(visitor.desk.look(JOB_APPROVALS, **asked))


def _jobs(found: Any) -> tuple[Any, ...]:
    return () if isinstance(found, Hole) else found.items

"""Today: what waits for whoever looks, and for whom."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import panels
from services.console.calls.interviews.feedback import FEEDBACK_OWED
from services.console.calls.names import find_names
from services.console.calls.notifications.letters import APPROVALS
from services.console.calls.notifications.work import TASKS, WAITING
from services.console.calls.work import CANDIDATES_WORK
from shared.web.roles import Role

routes = page_routes()
ROWS = 5
_WITH_PEOPLE = frozenset({Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.INTERVIEWER, Role.HIRING_MANAGER})
_WITH_TASKS = frozenset({Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.HIRING_MANAGER})


@routes.get(Place.TODAY)
async def show_today(visitor: Annotated[Visitor, Depends(visiting(Place.TODAY))]) -> HTMLResponse:
    """Lists of at most five rows, each with what, whom, since, until, and the way to all of it."""
    found = await panels(**_asked(visitor))
    rows = [row for panel in found.values() for row in getattr(panel, "items", ())]
    names = await find_names(
        visitor.desk,
        people=(getattr(row, "candidate", None) for row in rows),
        users=(getattr(row, "owner", None) for row in rows),
        jobs=(getattr(row, "job", None) for row in rows),
    )
    return visitor.show("today.html", place=Place.TODAY, found=found, names=names)


def _asked(visitor: Visitor) -> dict[str, Any]:
    """What concerns somebody in these roles: at most five calls."""
    desk, roles = visitor.desk, visitor.roles
    asked: dict[str, Any] = {}
    if visitor.may_see(Place.LETTERS):
        asked["letters"] = desk.read(APPROVALS, limit=ROWS)
    if visitor.may_see(Place.WAITING):
        asked["waiting"] = desk.read(WAITING, order="due", limit=ROWS)
    if visitor.may_see(Place.FEEDBACK):
        asked["owed"] = desk.read(FEEDBACK_OWED, interviewer=visitor.user, limit=ROWS)
    if roles & _WITH_TASKS:
        asked["tasks"] = desk.read(TASKS, limit=ROWS)
    if roles & _WITH_PEOPLE:
        asked["work"] = desk.read(CANDIDATES_WORK)
    return asked

"""Tasks: what a person has to do by hand, done and opened again."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Form, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from services.console.api.links import address
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.views import views_of
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import CallRefused, panel, rows_of
from services.console.calls.names import find_names
from services.console.calls.notifications.work import FINISH_TASK, REOPEN_TASK, TASKS, Finished
from shared.web.roles import Role

routes = page_routes()

ROWS = 50
DOERS = frozenset({Role.RECRUITER, Role.COORDINATOR, Role.ADMIN})
AtTasks = Annotated[Visitor, Depends(visiting(Place.TASKS))]


class WantedTasks(BaseModel):
    """What the address says: whose tasks, of which kind."""

    model_config = ConfigDict(extra="forbid")

    mine: bool = False
    kind: str = ""
    cursor: str | None = None

    def following(self, cursor: str) -> str:
        """The address of the next page."""
        return address(Place.TASKS, **self.model_dump() | {"cursor": cursor})


@routes.get(Place.TASKS)
async def show_tasks(visitor: AtTasks, wanted: Annotated[WantedTasks, Query()]) -> HTMLResponse:
    """The open tasks, the most pressing first."""
    return await _show(visitor, wanted)


@routes.post(Place.TASKS)
async def act_on_task(
    visitor: AtTasks,
    wanted: Annotated[WantedTasks, Query()],
    act: Annotated[Literal["done", "reopen"], Form()],
    task: Annotated[str, Form(alias="id")],
    reason: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """A task is done, or is not after all; what a candidate asked for ends here for a reason."""
    try:
        if act == "done":
            await visitor.desk.change(FINISH_TASK, Finished(reason=reason.strip() or None), task=task)
        else:
            await visitor.desk.change(REOPEN_TASK, task=task)
    except CallRefused as refused:
        if reason.strip():
            raise  # the page has a form for each task: what was written comes back in one of its own
        return await _show(visitor, wanted, error=refused.refusal.detail or refused.refusal.title)
    return await _show(visitor, wanted, done=(act, task))


async def _show(visitor: Visitor, wanted: WantedTasks, **said: Any) -> HTMLResponse:
    listed = await panel(
        visitor.desk.read(
            TASKS, limit=ROWS, cursor=wanted.cursor, kind=wanted.kind,
            owner=visitor.user if wanted.mine else None,
        )
    )  # fmt: skip
    rows = rows_of(listed)
    names = await find_names(
        visitor.desk,
        people=(row.candidate for row in rows),
        users=(row.owner for row in rows),
        jobs=(row.job for row in rows),
    )
    return visitor.show(
        "tasks.html", views=await views_of(visitor, Place.TASKS),
        place=Place.TASKS, wanted=wanted, tasks=listed, names=names, may_act=bool(visitor.roles & DOERS),
        kinds=KINDS, requests=REQUESTS, **{"done": None, "error": None, **said},
    )  # fmt: skip


REQUESTS = ("feedback_requested", "review_requested", "disputed")
KINDS = (
    *REQUESTS, "reply", "unread_mail", "interested", "decision_changed",
    "feedback_changed", "referral", "mentorship_stalled", "refused_letter", "stale_letter", "failed_letter",
    "bounced_letter", "complaint",
    "sending_refused", "stuck_mail",
)  # fmt: skip

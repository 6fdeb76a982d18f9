"""The talent pool: who is in it, why, until when; and what a person decides about one place."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Form, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from services.console.api.acts import JOB_DECIDERS, status_of
from services.console.api.links import address
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.views import views_of
from services.console.api.visitors import Visitor, visiting
from services.console.calls import candidates
from services.console.calls.desk import hole_of, panels, rows_of, unless_refused, value_of
from services.console.calls.names import find_names
from services.console.calls.route import Said

routes = page_routes()
ROWS = 50
AtPool = Annotated[Visitor, Depends(visiting(Place.POOL))]
Short = Annotated[str, Query(max_length=200)]


class WantedMembers(BaseModel):
    """What the address says. Words are not asked for here: they may be a name, and addresses are logged."""

    model_config = ConfigDict(extra="forbid")

    family: Short = ""
    tier: Literal["", "silver_medalist", "promising", "developing", "unassessed"] = ""
    status: Literal["", "not_invited", "held", "invited", "active", "paused", "left"] = ""
    cycle: Short = ""
    competency: Short = ""
    level: Literal["", "1", "2", "3", "4", "5"] = ""
    membership: str = ""
    cursor: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the list; a level only of a competency."""
        chosen = self.model_dump(exclude={"membership", "cursor"})
        return chosen | ({} if self.competency.strip() else {"level": ""})


class PlaceAct(BaseModel):
    """What somebody decides about a place, and why."""

    act: Literal["confirm", "invite", "retier", "remove"]
    membership: str
    etag: str = ""
    tier: str = ""
    before: str = ""
    reason: str = ""


class PlaceDone(BaseModel):
    """What an act came to; `before`: the tier that was, to take it back."""

    act: PlaceAct
    refused: Any = None


@routes.get(Place.POOL)
async def show_pool(visitor: AtPool, wanted: Annotated[WantedMembers, Query()]) -> HTMLResponse:
    """Members for whom every filter holds; one of them opened."""
    return await _show(visitor, wanted)


@routes.post(Place.POOL)
async def review(visitor: AtPool, act: Annotated[PlaceAct, Form()]) -> HTMLResponse:
    """Confirm, invite, choose another tier, or remove. The way back is another review."""
    said = {"action": act.act, "reason": act.reason.strip()} | ({"tier": act.tier} if act.act == "retier" else {})
    change = visitor.desk.change(candidates.REVIEW_MEMBERSHIP, Said(said), etag=act.etag, membership=act.membership)
    done = PlaceDone(act=act, refused=hole_of(await unless_refused(change)))
    return await _show(visitor, WantedMembers(membership=act.membership), done)


async def _show(visitor: Visitor, wanted: WantedMembers, done: PlaceDone | None = None) -> HTMLResponse:
    desk = visitor.desk
    asked = {"pool": desk.read(candidates.POOL, **wanted.filters, limit=ROWS, cursor=wanted.cursor)}
    if wanted.membership:
        asked["opened"] = desk.look(candidates.MEMBERSHIP, membership=wanted.membership)  # type: ignore[assignment]
    found = await panels(**asked)
    opened = found.get("opened")
    place = value_of(opened)
    rows = rows_of(found["pool"])
    names = await find_names(
        desk,
        people=[*(row.candidate for row in rows), getattr(place, "candidate", None)],
        users=[getattr(getattr(place, "review", None), "by", None)],
    )
    cursor = getattr(found["pool"], "cursor", None)
    return visitor.show(
        "pool.html", views=await views_of(visitor, Place.POOL),
        place=Place.POOL, status=status_of(done), found=found, opened=opened, member=place, names=names,
        wanted=wanted, done=done, may_decide=bool(visitor.roles & JOB_DECIDERS),
        next=address(Place.POOL, **wanted.filters, cursor=cursor) if cursor else None,
    )  # fmt: skip

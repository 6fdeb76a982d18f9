"""Views: lists with their filters under a name of one's own, kept, deleted, and kept again."""

from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import AfterValidator

from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.undoing import at_home
from services.console.api.visitors import Visitor, visiting
from services.console.domain.views import FILTERS, LONGEST, MOST, kept_of
from services.console.sql.views import View, delete_view, load_views, save_view
from shared.kit.ids import uuid7

routes = page_routes()
AtViews = Annotated[Visitor, Depends(visiting(Place.VIEWS))]
AList = Annotated[str, Form(pattern=f"^({'|'.join(FILTERS)})?$")]
AName = Annotated[str, Form(max_length=60), AfterValidator(lambda name: " ".join(name.split()))]


class Views(NamedTuple):
    """Of one list: what was kept, and what would be kept of the page as it stands; "" where nothing is to keep."""

    place: Place
    kept: list[View]
    query: str

    @property
    def is_kept(self) -> bool:
        """The page as it stands has a name already."""
        return any(view.query == self.query for view in self.kept)


async def views_of(visitor: Visitor, place: Place) -> Views:
    """The views of a list, for its page."""
    kept = [view for view in await _load(visitor) if view.place == place]
    return Views(place, kept, kept_of(place, visitor.request.url.query))


@routes.get(Place.VIEWS)
async def show_views(visitor: AtViews) -> HTMLResponse:
    """All of one's own."""
    return await _show(visitor)


@routes.post(Place.VIEWS)
async def act_on_view(
    visitor: AtViews,
    act: Annotated[Literal["keep", "restore", "delete"], Form()],
    place: AList = "",
    name: AName = "",
    query: Annotated[str, Form(max_length=LONGEST)] = "",
    view: Annotated[UUID | None, Form(alias="id")] = None,
) -> Response:
    """Keep one and go back to its list; or delete one, which can be taken back."""
    if act == "delete":
        return await _show(visitor, deleted=await _delete(visitor, view) if view else None)
    wanted = View(UUID(uuid7()), place, name, kept_of(place, query))
    if not (place and name and wanted.query):
        return await _show(visitor, wrong=wanted, status=422)
    async with at_home(visitor) as conn:
        is_saved = await save_view(conn, visitor.identity.organization, visitor.user, wanted, MOST)
    if not is_saved:
        return await _show(visitor, is_full=True, status=422)
    if act == "restore":
        return await _show(visitor, restored=wanted)
    return RedirectResponse(f"{place}?{wanted.query}", 303)


async def _delete(visitor: Visitor, view: UUID) -> View | None:
    async with at_home(visitor) as conn:
        return await delete_view(conn, visitor.identity.organization, visitor.user, view)


async def _load(visitor: Visitor) -> list[View]:
    async with at_home(visitor) as conn:
        return await load_views(conn, visitor.identity.organization, visitor.user)


async def _show(visitor: Visitor, *, status: int = 200, **said: object) -> HTMLResponse:
    known = {"deleted": None, "restored": None, "wrong": None, "is_full": False, **said}
    return visitor.show("views.html", place=None, status=status, views=await _load(visitor), most=MOST, **known)

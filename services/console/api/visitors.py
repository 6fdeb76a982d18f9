"""Who looks at a page: somebody signed in, their desk at the services, and their page in their words and their time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.console.api import rendering
from services.console.api.brake import PULLERS, brakes_of
from services.console.api.places import WHOSE, Place, menu_of
from services.console.api.sessions import OpenSession, open_session
from services.console.api.whereabouts import Whereabouts, directory_of
from services.console.calls.desk import Desk
from services.console.calls.notifications.work import Braked
from services.console.domain.preferences import known_zone
from shared.web.problems import Forbidden
from shared.web.roles import Role
from shared.web.translation import accepted, spoken


class NotYourPage(Forbidden):
    """A page that is for others."""

    code = "not-your-page"

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


class Visitor:
    """Somebody signed in, at a page."""

    def __init__(self, request: Request, session: OpenSession, now: datetime) -> None:
        self.request = request
        self.identity = session.identity
        self.now = now
        state = request.app.state
        self.preferences = session.preferences
        self.called = session.name
        self.is_new_here = session.is_new
        apis = state.runtime.settings.apis
        self.desk = Desk(state.client, apis, session.token, request.state.request_id, self.language)
        self.brake: Braked | None = None
        self.known = Whereabouts()

    @property
    def language(self) -> str:
        """Theirs, or as their browser says."""
        return self.preferences.language or spoken(*accepted(self.request.headers.get("accept-language", "")))

    @property
    def zone(self) -> str:
        """The one they chose, else where they work, else UTC."""
        return known_zone(self.preferences.zone) or self.known.zone or "UTC"

    @property
    def user(self) -> str:
        """Who they are to their organisation."""
        return self.identity.user

    @property
    def name(self) -> str:
        """What their tokens call them, or their colleagues; else their id."""
        return self.called or self.known.name or self.user

    @property
    def house(self) -> str:
        """What people call their organisation."""
        return self.known.house or self.identity.organization

    @property
    def roles(self) -> frozenset[Role]:
        """In which roles they are here."""
        return self.identity.roles

    def may_see(self, place: Place) -> bool:
        """A page is for one of their roles."""
        return bool(WHOSE[place] & self.roles)

    def show(self, template: str, *, place: Place | None = None, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of the console, with its frame."""
        return rendering.show(
            template,
            language=self.language,
            status=status,
            visitor=self,
            place=place,
            menu=menu_of(self.roles),
            may_let_go=bool(self.roles & PULLERS),
            times=rendering.Times(self.language, self.zone, self.now),
            **values,
        )


def visiting(place: Place, *, is_use: bool = True) -> Callable[[Request], Awaitable[Visitor]]:
    """A dependency of a page: who is signed in, if the page is for them. Raises SignInNeeded, NotYourPage.

    With `is_use` it counts as use of the session.
    """

    async def at_page(request: Request) -> Visitor:
        session = await open_session(request, is_use=is_use)
        somebody = Visitor(request, session, await request.app.state.runtime.turns.now())
        request.state.visitor = somebody  # a page that fails says so in their words
        if not somebody.may_see(place):
            raise NotYourPage(place)
        if is_use:
            app, identity, desk = request.app, somebody.identity, somebody.desk
            somebody.known, somebody.brake = await asyncio.gather(
                directory_of(app).of(identity, desk), brakes_of(app).of(identity, desk)
            )
        return somebody

    return at_page


def glancing(place: Place) -> Callable[[Request], Awaitable[Visitor]]:
    """The same for what a page asks by itself: a tab left open keeps nobody signed in."""
    return visiting(place, is_use=False)

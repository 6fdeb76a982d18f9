"""A visit: somebody follows a signed link, without a login. The link says whose it is and whom it is about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from fastapi import Request

from shared.contracts.links import NOBODY, LinkKind
from shared.kit.turn import Turn
from shared.web.caller import Caller
from shared.web.links import LinkRefused, Links
from shared.web.translation import accepted


class Visit(NamedTuple):
    """Whoever follows a link that opens, inside an open turn of its organisation. `about`: the ids that it names."""

    request: Request
    turn: Turn
    caller: Caller
    about: tuple[str, ...]

    @property
    def organization(self) -> str:
        """Whose link it is."""
        return self.caller.organization

    @property
    def settings(self) -> Any:
        """Those of the service that they visit."""
        return self.request.app.state.runtime.settings

    @property
    def languages(self) -> list[str]:
        """What their browser asks for, the most wanted first."""
        return accepted(self.request.headers.get("accept-language", ""))

    def address(self, kind: LinkKind, service: str, *about: str) -> str:
        """Where another page opens for them. `service`: the address that people reach it by."""
        links: Links = self.request.app.state.links
        return links.address(kind, service, self.organization, *about, now=self.turn.now)

    def refused(self) -> LinkRefused:
        """What to raise when nothing is behind the link any more, or never was."""
        return LinkRefused("link-invalid", self.organization)


@asynccontextmanager
async def visiting(request: Request, kind: LinkKind, token: str) -> AsyncIterator[Visit]:
    """Open a link of this kind and a turn of its organisation, committed when the block ends. Raises LinkRefused."""
    runtime, links = request.app.state.runtime, request.app.state.links
    link = links.open(kind.purpose, token, await runtime.turns.now())
    try:
        about = kind.ids(link.subject)
    except ValueError:  # another version of this service signed it
        raise LinkRefused("link-invalid", link.organization) from None
    caller = Caller(runtime, link.organization, NOBODY)
    async with caller.turn() as turn:
        yield Visit(request, turn, caller, about)

"""Merges and erasures, as the engine asks about them before any handler of a service."""

from collections.abc import Collection

from shared.contracts import CandidateErased, OrganizationConfigured
from shared.kit.people import People
from shared.kit.router import Identity, Router
from shared.kit.turn import Turn
from shared.kit.versions import NewFact
from shared.people import aliases, erasure
from shared.people.erasure import Remains, nothing_remains


class Candidates(Identity):
    """Candidates have every id that was merged into theirs; of those who were erased nothing is kept."""

    def __init__(self, remains: Remains = nothing_remains) -> None:
        self._remains = remains

    async def note(self, turn: Turn, news: Collection[NewFact]) -> list[NewFact]:
        """Keep the aliases, and until when who is erased."""
        joined = await aliases.follow(turn.conn, news)
        if erased := [(n.organization, n.fact) for n in news if n.topic == CandidateErased.topic]:
            await erasure.mark(turn.conn, erased)
        return joined

    async def join(self, turn: Turn, news: Collection[NewFact]) -> list[NewFact]:
        """Follow merges."""
        return await aliases.follow(turn.conn, news)

    async def forget(self, turn: Turn, people: People, news: Collection[NewFact]) -> list[NewFact]:
        """Delete what erasures cover."""
        return await erasure.absorb(turn, people, news, self._remains)


def router_of_candidates(remains: Remains = nothing_remains) -> Router:
    """A router for a service that keeps facts about candidates; an organisation's settings concern all of its own.

    `remains`: what it says, of nobody, of the facts that an erasure took.
    """
    router = Router(Candidates(remains))
    router.everyone(OrganizationConfigured)
    return router

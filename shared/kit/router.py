"""Which handlers listen to which facts, and the rounds in which news is derived until nothing new is said."""

from collections.abc import Awaitable, Callable, Collection, Iterable

from shared.contracts import Event
from shared.kit.db import Connection
from shared.kit.people import Jobs, Pair, People, lock_people, topics_of
from shared.kit.turn import Turn
from shared.kit.versions import NewFact

PeopleHandler = Callable[[Turn, People], Awaitable[None]]
JobsHandler = Callable[[Turn, Jobs], Awaitable[None]]
PairsHandler = Callable[[Turn, People, Jobs], Awaitable[None]]
Finder = Callable[[Connection, Collection[Pair]], Awaitable[Iterable[Pair]]]
PairsFinder = Callable[[Connection, Jobs], Awaitable[Iterable[tuple[str, str, str]]]]

ROUNDS = 6


class Endless(Exception):
    """Handlers kept answering each other: a mistake in the program, not in the event."""


class Identity:
    """Who is whom, and of whom nothing may be kept: asked before every handler. By itself everyone is who they are."""

    async def note(self, turn: Turn, news: Collection[NewFact]) -> list[NewFact]:
        """Only keep what the news says about it. Returns further news, about everyone who is another person now."""
        return []

    async def join(self, turn: Turn, news: Collection[NewFact]) -> list[NewFact]:
        """Follow who was joined, and who was parted. Returns such news, too."""
        return []

    async def forget(self, turn: Turn, people: People, news: Collection[NewFact]) -> list[NewFact]:
        """Delete what may not be kept of these people, who are locked. Returns news of who `people` says wrongly."""
        return []


class Router:
    """A service's handlers, in the order they are called."""

    def __init__(self, identity: Identity | None = None) -> None:
        self.identity = identity or Identity()
        self._everyone: frozenset[str] = frozenset()
        self._people: list[tuple[PeopleHandler, tuple[type[Event], ...]]] = []
        self._jobs: list[tuple[JobsHandler, frozenset[str]]] = []
        self._pairs: list[tuple[PairsFinder, PairsHandler]] = []
        self._spread: list[tuple[Finder, frozenset[str]]] = []

    def people(self, *events: type[Event]) -> Callable[[PeopleHandler], PeopleHandler]:
        """Call the handler, once per batch, with the locked people that news of these events is about."""

        def register(handler: PeopleHandler) -> PeopleHandler:
            self._people.append((handler, events))
            return handler

        return register

    def jobs(self, *events: type[Event]) -> Callable[[JobsHandler], JobsHandler]:
        """Call the handler, once per batch, with the jobs that news of these events is about."""

        def register(handler: JobsHandler) -> JobsHandler:
            self._jobs.append((handler, topics_of(events)))
            return handler

        return register

    def pairs(self, finder: PairsFinder) -> Callable[[PairsHandler], PairsHandler]:
        """After the handlers of jobs: the people that `finder` tells for them, (organisation, job, person).

        They are derived in batches of their own, each with locked people and the jobs they are looked at for.
        """

        def register(handler: PairsHandler) -> PairsHandler:
            self._pairs.append((finder, handler))
            return handler

        return register

    def spread(self, finder: Finder, *events: type[Event]) -> None:
        """Derive, in batches of their own, the people that `finder` tells for the (organisation, fact) of such news."""
        self._spread.append((finder, topics_of(events)))

    def everyone(self, *events: type[Event]) -> None:
        """Derive, in batches of their own, all people of the organisation that such news is about."""
        self._everyone |= topics_of(events)

    async def react(self, turn: Turn, people: People | None = None, news: Iterable[NewFact] = ()) -> None:
        """Derive what this news and what was said in the turn change, and what that says, until nothing new is said.

        `people`: those who are locked already. Raises Endless when handlers do not come to rest.
        """
        heard, held = [*news, *turn.take_news()], People([], {}) if people is None else people
        for _ in range(ROUNDS):
            if not heard:
                return
            held, heard = await self._settle(turn, held, heard)
            await self._call(turn, held, heard)
            heard = turn.take_news()
        if heard:
            raise Endless(f"still new after {ROUNDS} rounds: {sorted({n.topic for n in heard})}")

    async def derive(self, turn: Turn, people: People, jobs: Jobs | None = None) -> None:
        """Derive these people and jobs whole, whatever changed: after a backlog or on `rebuild`."""
        if await self.identity.forget(turn, people, ()):
            people = await lock_people(turn.conn, zip(*people.ids, strict=True))
        for handler, _ in self._people if people else ():
            await handler(turn, people)
        if jobs:
            for job_handler, _ in self._jobs:
                await job_handler(turn, jobs)
            await self._remember_pairs(turn, jobs)
        await self.react(turn, people)

    async def derive_pairs(self, turn: Turn, people: People, jobs: Jobs) -> None:
        """Derive these people, who are locked, for these jobs only."""
        for _, handler in self._pairs if people else ():
            await handler(turn, people, jobs)
        await self.react(turn, people)

    async def remember(self, turn: Turn, news: Iterable[NewFact]) -> None:
        """Only note whom the news is about, to derive them once the backlog is worked off."""
        found = list(news)
        joined = await self.identity.note(turn, found)
        await turn.remember_people(_people_of([*found, *joined]))
        await turn.remember_jobs(_jobs_of(found))
        await self._remember_many(turn, found)

    async def _settle(self, turn: Turn, people: People, news: list[NewFact]) -> tuple[People, list[NewFact]]:
        """Lock whom the news names beyond those we hold; follow merges and erasures; note what concerns many."""
        await self._remember_many(turn, news)
        joined = await self.identity.join(turn, news)
        named, held = _people_of([*news, *joined]), set(zip(*people.ids, strict=True))
        if joined or not named <= held:
            people = await lock_people(turn.conn, held | named)
        parted = await self.identity.forget(turn, people, news)
        if parted:
            people = await lock_people(turn.conn, zip(*people.ids, strict=True))
        return people, [*news, *joined, *parted]

    async def _remember_many(self, turn: Turn, news: Collection[NewFact]) -> None:
        """Whom else the news concerns: everyone of an organisation, or whom a finder tells."""
        await turn.remember_organizations({n.organization for n in news if n.topic in self._everyone})
        for finder, listens in self._spread:
            if about := {(n.organization, n.fact) for n in news if n.topic in listens}:
                await turn.remember_people(await finder(turn.conn, about))

    async def _call(self, turn: Turn, people: People, news: list[NewFact]) -> None:
        topics = {n.topic for n in news}
        people = people.told({topic: _people_of(n for n in news if n.topic == topic) for topic in topics})
        for handler, events in self._people:
            if mine := people.heard_in(events):
                await handler(turn, mine)
        for job_handler, listens in self._jobs:
            if heard := topics & listens:
                jobs = Jobs(_jobs_of(n for n in news if n.topic in heard))
                if jobs:
                    await job_handler(turn, jobs)
                    await self._remember_pairs(turn, jobs)

    async def _remember_pairs(self, turn: Turn, jobs: Jobs) -> None:
        for finder, _ in self._pairs:
            await turn.remember_pairs(await finder(turn.conn, jobs))


def _people_of(news: Iterable[NewFact]) -> set[Pair]:
    pairs: set[Pair] = set()
    for n in news:
        if n.candidate:
            pairs.add((n.organization, n.candidate))
        if n.former_candidate:
            pairs.add((n.organization, n.former_candidate))
    return pairs


def _jobs_of(news: Iterable[NewFact]) -> set[Pair]:
    return {(n.organization, j) for n in news for j in (n.job, n.former_job) if j}

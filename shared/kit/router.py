"""Which handlers listen to which facts, and the rounds in which news is derived until nothing new is said."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime

from shared.contracts import Event
from shared.kit import facts
from shared.kit.db import Connection
from shared.kit.people import Jobs, Pair, People, lock_people, topics_of
from shared.kit.versions import News

PeopleHandler = Callable[[Connection, People, datetime], Awaitable[None]]
JobsHandler = Callable[[Connection, Jobs, datetime], Awaitable[None]]
PairsHandler = Callable[[Connection, People, Jobs, datetime], Awaitable[None]]
Finder = Callable[[Connection, Collection[Pair]], Awaitable[Iterable[Pair]]]
PairsFinder = Callable[[Connection, Jobs], Awaitable[Iterable[tuple[str, str, str]]]]

ROUNDS = 6


class Endless(Exception):
    """Handlers kept answering each other: a mistake in the program, not in the event."""


class Identity:
    """Who is whom, and of whom nothing may be kept: asked before every handler. By itself everyone is who they are."""

    async def note(self, conn: Connection, news: Collection[News]) -> list[News]:
        """Only keep what the news says about it. Returns further news, about everyone who is another person now."""
        return []

    async def join(self, conn: Connection, news: Collection[News]) -> list[News]:
        """Follow who was joined, and who was parted. Returns such news, too."""
        return []

    async def forget(self, conn: Connection, people: People, news: Collection[News], now: datetime) -> list[News]:
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

    async def react(self, conn: Connection, people: People, news: list[News], now: datetime) -> None:
        """Derive what the news changes, and what that says in turn, until nothing new is said.

        Raises Endless when handlers do not come to rest.
        """
        for _ in range(ROUNDS):
            if not news:
                return
            people, news = await self._settle(conn, people, news, now)
            await self._call(conn, people, news, now)
            news, conn.news = conn.news, []
        if news:
            raise Endless(f"still new after {ROUNDS} rounds: {sorted({n.topic for n in news})}")

    async def derive(self, conn: Connection, people: People, jobs: Jobs, now: datetime) -> None:
        """Derive these people and jobs whole, whatever changed: after a backlog or on `rebuild`."""
        if await self.identity.forget(conn, people, (), now):
            people = await lock_people(conn, zip(*people.ids, strict=True))
        for handler, _ in self._people if people else ():
            await handler(conn, people, now)
        for job_handler, _ in self._jobs if jobs else ():
            await job_handler(conn, jobs, now)
        await self._remember_pairs(conn, jobs)
        news, conn.news = conn.news, []
        await self.react(conn, people, news, now)

    async def derive_pairs(self, conn: Connection, people: People, jobs: Jobs, now: datetime) -> None:
        """Derive these people, who are locked, for these jobs only."""
        for _, handler in self._pairs if people else ():
            await handler(conn, people, jobs, now)
        news, conn.news = conn.news, []
        await self.react(conn, people, news, now)

    async def remember(self, conn: Connection, news: Iterable[News]) -> None:
        """Only note whom the news is about, to derive them once the backlog is worked off."""
        found = list(news)
        joined = await self.identity.note(conn, found)
        await facts.remember_people(conn, _people_of([*found, *joined]))
        await facts.remember_jobs(conn, _jobs_of(found))
        await self._remember_many(conn, found)

    async def _settle(
        self, conn: Connection, people: People, news: list[News], now: datetime
    ) -> tuple[People, list[News]]:
        """Lock whom the news names beyond those we hold; follow merges and erasures; note what concerns many."""
        await self._remember_many(conn, news)
        joined = await self.identity.join(conn, news)
        named, held = _people_of([*news, *joined]), set(zip(*people.ids, strict=True))
        if joined or not named <= held:
            people = await lock_people(conn, held | named)
        parted = await self.identity.forget(conn, people, news, now)
        if parted:
            people = await lock_people(conn, zip(*people.ids, strict=True))
        return people, [*news, *joined, *parted]

    async def _remember_many(self, conn: Connection, news: Collection[News]) -> None:
        """Whom else the news concerns: everyone of an organisation, or whom a finder tells."""
        organizations = {n.organization for n in news if n.topic in self._everyone}
        if organizations:
            await facts.remember_organization(conn, sorted(organizations))
        for finder, listens in self._spread:
            if about := {(n.organization, n.fact) for n in news if n.topic in listens}:
                await facts.remember_people(conn, await finder(conn, about))

    async def _call(self, conn: Connection, people: People, news: list[News], now: datetime) -> None:
        topics = {n.topic for n in news}
        people = people.told({topic: _people_of(n for n in news if n.topic == topic) for topic in topics})
        for handler, events in self._people:
            if mine := people.heard_in(events):
                await handler(conn, mine, now)
        for job_handler, listens in self._jobs:
            if heard := topics & listens:
                jobs = Jobs(_jobs_of(n for n in news if n.topic in heard))
                if jobs:
                    await job_handler(conn, jobs, now)
                    await self._remember_pairs(conn, jobs)

    async def _remember_pairs(self, conn: Connection, jobs: Jobs) -> None:
        for finder, _ in self._pairs if jobs else ():
            await facts.remember_pairs(conn, await finder(conn, jobs))


def _people_of(news: Iterable[News]) -> set[Pair]:
    pairs: set[Pair] = set()
    for n in news:
        if n.candidate:
            pairs.add((n.organization, n.candidate))
        if n.former_candidate:
            pairs.add((n.organization, n.former_candidate))
    return pairs


def _jobs_of(news: Iterable[News]) -> set[Pair]:
    return {(n.organization, j) for n in news for j in (n.job, n.former_job) if j}

"""The caller of a route: who asks. Routes read and record through them."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from fastapi import Response
from pydantic import BaseModel

from shared.contracts import CandidateRegistered, Event, Saying, body_json, fact_of, find_invalid
from shared.kit.db import Connection
from shared.kit.decode import TOLERANCE, find_future
from shared.kit.people import Pair, find_ids, lock_organizations, lock_people
from shared.kit.turn import Turn
from shared.people.read_log import note_reading
from shared.people.restricted import find_restricted
from shared.web.etags import Conditions, digest, load_version, tag
from shared.web.problems import Conflict, Forbidden, InFuture, InvalidField
from shared.web.roles import Role
from shared.web.serving import Serving


class Restricted(Forbidden):
    """The candidate asked to be forgotten; a legal hold keeps what there is for auditors."""

    code = "candidate-restricted"


class AsksToBeForgotten(Conflict):
    """The candidate asked to be forgotten: facts about them are still taken, but nobody acts on them any more."""

    code = "candidate-to-be-erased"


class AboutSomebody(Protocol):
    """An item of a list that is about one candidate."""

    @property
    def candidate(self) -> str | None:
        """Whom it is about."""


Item = TypeVar("Item", bound=AboutSomebody)


class Recorded(StrEnum):
    """What recording changed."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


class Call(NamedTuple):
    """What is asked: the route's template, the request's id and conditions, and the answer being written."""

    route: str
    request: str
    conditions: Conditions
    response: Response


class Caller:
    """Who asks, for which organisation, in which roles. Without a call, the bearer of a link."""

    def __init__(
        self,
        runtime: Serving,
        organization: str,
        user: str,
        roles: Collection[Role] = (),
        call: Call | None = None,
    ) -> None:
        self.runtime = runtime
        self.organization = organization
        self.user = user
        self.roles = frozenset(roles)
        self.call = call

    def turn(self) -> AbstractAsyncContextManager[Turn]:
        """A turn that sees this organisation only; committed when the block ends, before any answer."""
        return self.runtime.turns.open([self.organization])

    async def record(self, turn: Turn, *events: Event, publish: bool = True) -> Recorded:
        """Save events of this organisation as facts, derive what follows, and put them into the outbox.

        The answer tells the first event's case: created, changed, or the same as before (then nothing happens).
        With `publish=False` the facts stay private to this service. The answer gets the first event's `ETag`.
        Raises InFuture and InvalidField, as records on Kafka are parked, and PreconditionFailed.
        """
        for event in events:
            if place := find_future(event, turn.now + TOLERANCE):
                raise InFuture(place)
            if invalid := find_invalid(event, body_json(event)):
                raise InvalidField(*invalid)
        exclusive = any(event.exclusive for event in events)
        await lock_organizations(turn.conn, {self.organization: exclusive})
        people = await lock_people(turn.conn, self._named(events))
        first_fact = fact_of(self.organization, events[0])
        await self._check_version(turn.conn, type(events[0]), first_fact)
        said = await turn.say([Saying(self.organization, event) for event in events], publish=publish)
        await self.runtime.turns.react(turn, people)
        await self.show_version(turn.conn, type(events[0]), first_fact)
        first = next((s for s in said if s.news.topic == events[0].topic), None)
        if first is None:
            return Recorded.SAME
        return Recorded.CREATED if first.created else Recorded.CHANGED

    async def note_reading(
        self, turn: Turn, candidates: Iterable[str | None], *, even_restricted: bool = False
    ) -> None:
        """Keep in the read log that the caller is shown these candidates. Raises Restricted."""
        shown = {candidate for candidate in candidates if candidate}
        if not even_restricted and await self._restricted(turn.conn, shown):
            raise Restricted("Asked to be forgotten: until a legal hold ends, auditors only.")
        if self.call and shown:
            route, request = self.call.route, self.call.request
            await note_reading(
                turn.conn, self.organization, self.user, shown, at=turn.now, route=route, request=request
            )

    async def visible(self, conn: Connection, items: Sequence[Item]) -> list[Item]:
        """Those of a list that the caller may see: of restricted candidates none, unless they are an auditor."""
        hidden = await self._restricted(conn, {item.candidate for item in items if item.candidate})
        return [item for item in items if item.candidate not in hidden]

    async def refuse_restricted(self, conn: Connection, candidates: Iterable[str]) -> None:
        """Raise AsksToBeForgotten when somebody decides about a restricted candidate, whoever they are."""
        if await find_restricted(conn, self.organization, candidates):
            raise AsksToBeForgotten("This candidate asked to be forgotten: nothing is done about them any more.")

    async def _restricted(self, conn: Connection, candidates: Collection[str]) -> set[str]:
        """Whom of these a legal hold keeps for auditors, where the caller is none."""
        if not candidates or Role.AUDITOR in self.roles:
            return set()
        return await find_restricted(conn, self.organization, candidates)

    async def show_version(self, conn: Connection, contract: type[Event], fact: str) -> None:
        """Give the answer the `ETag` of all that is known of the thing this fact is about."""
        if self.call:
            self.call.response.headers["ETag"] = tag(await self._version(conn, contract, fact) or "")

    def show_digest(self, shown: BaseModel) -> None:
        """The same for what is no fact: the `ETag` is that of what is shown."""
        if self.call:
            self.call.response.headers["ETag"] = tag(digest(shown))

    def check_digest(self, shown: BaseModel) -> None:
        """Raise PreconditionFailed unless the caller's conditions hold for what is shown. After locking."""
        if self.call:
            self.call.conditions.check(digest(shown))
            self.call = self.call._replace(conditions=Conditions())  # they hold: what is recorded now need not

    async def _check_version(self, conn: Connection, contract: type[Event], fact: str) -> None:
        if self.call and self.call.conditions != Conditions():
            self.call.conditions.check(await self._version(conn, contract, fact))

    async def _version(self, conn: Connection, contract: type[Event], fact: str) -> str | None:
        """A profile is that of all ids of a person; what the clock assumes of an interview stands beside it."""
        ids = {fact, f"{fact}/assumed"}
        if contract is CandidateRegistered:
            ids |= {*await find_ids(conn, self.organization, fact)}
        return await load_version(conn, self.organization, contract, ids)

    def _named(self, events: Collection[Event]) -> set[Pair]:
        named = {(self.organization, e.candidate_id) for e in events if e.candidate_id}
        return named | {(self.organization, candidate) for e in events for candidate in e.also_named}

"""Names for the ids that lists give, asked for all at once; whoever may not see a name is shown the id."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from services.console.calls.candidates import NAMES
from services.console.calls.desk import CallRefused, Desk, ServiceAway
from services.console.calls.interviews.jobs import JOBS
from services.console.calls.interviews.organization import USERS
from services.console.calls.route import Listed, Route, Told

MOST = 200
T = TypeVar("T", bound=Told)


class Names(NamedTuple):
    """What ids are called; an id without a name is called by itself."""

    people: dict[str, str]
    users: dict[str, str]
    jobs: dict[str, str]

    def person(self, candidate: str) -> str:
        """A candidate's name."""
        return self.people.get(candidate, candidate)

    def user(self, user: str) -> str:
        """The name of somebody of the organisation."""
        return self.users.get(user, user)

    def job(self, job: str) -> str:
        """A job's title."""
        return self.jobs.get(job, job)


async def find_names(
    desk: Desk, *, people: Iterable[str | None] = (), users: Iterable[str | None] = (), jobs: Iterable[str | None] = ()
) -> Names:
    """At most three calls. A service that is away, or says no, leaves its ids as they are."""
    found = await asyncio.gather(_found(desk, NAMES, people), _found(desk, USERS, users), _found(desk, JOBS, jobs))
    called = {one.candidate: one.name for one in found[0]}
    return Names(
        called, {one.user: one.name for one in found[1]}, {one.job: one.title for one in found[2] if one.title}
    )


async def _found(desk: Desk, route: Route[Listed[T]], ids: Iterable[str | None]) -> tuple[T, ...]:
    wanted = sorted({one for one in ids if one})[:MOST]
    if not wanted:
        return ()
    try:
        return (await desk.read(route, ids=wanted, limit=MOST)).items
    except (ServiceAway, CallRefused):
        return ()

"""A house: every service on a real database, what one says heard by the others, and the console in front of them.

Kafka alone is absent: what a service publishes is taken from its outbox and handed to those that listen, in order.
`halden` plays "Nobody was hired" up to Friday, 13 November 2026, 16:20: seven are decided, the job is closed, their
letters wait for Ines. It is played once a run; every test finds it so.
"""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import Request, Response

from cli.demo import cast, story
from cli.demo.cast import berlin
from local.databases import Addresses
from local.issuer import issue_token
from services.candidates.main import SERVICE as CANDIDATES
from services.console.api.assets import connect
from services.console.api.sessions import begin_session
from services.console.domain.tokens import Tokens
from services.console.main import SERVICE as CONSOLE
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from shared.kit import outbox
from shared.kit.db import EVERYONE, Database
from shared.kit.say import heard_topics
from shared.kit.time import Time
from shared.running.runtime import Runtime
from shared.running.start import Service
from tests.browser import KEY, assembled, browsing, given_by_issuer
from tests.databases import Databases, opened
from tests.heard import Heard
from tests.stage import Stage, staged

HEARING: Mapping[str, Service[Any]] = {s.name: s for s in (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS)}
PUBLIC = "http://localhost"
_MOST = 1000


class House:
    """The services, joined; `clients` asks each of them."""

    def __init__(self, stages: Mapping[str, Stage], home: Path) -> None:
        self.stages = stages
        self.home = home
        self.clients: dict[str, httpx.AsyncClient] = {}

    async def publish(self, facts: Iterable[story.StoryFact]) -> None:
        """A platform says something; whatever follows from it happens."""
        heard = [Heard(f.event, f.at, organization=story.ORGANIZATION, source=story.SOURCE) for f in facts]
        for name, stage in self.stages.items():
            topics = set(heard_topics(name))
            if mine := [one for one in heard if one.event.topic in topics]:
                await stage.deliver(*mine)
        await self.settle()

    async def settle(self) -> None:
        """Hand on what was published until nobody says anything more."""
        while any([await self._hand_on(stage) for stage in self.stages.values()]):
            continue

    async def move(self, instant: datetime) -> None:
        """Move the clock of all and do what is due then."""
        for stage in self.stages.values():
            await stage.move(instant)
        await self.settle()

    async def _hand_on(self, sender: Stage) -> bool:
        async with sender.database.transaction(EVERYONE) as conn:
            rows = await outbox.read(conn, _MOST)
            await outbox.delete(conn, [row.id for row in rows])
        for name, stage in self.stages.items():
            topics = set(heard_topics(name))
            if mine := [row for row in rows if row.topic in topics]:
                await stage.take(stage.log.place(row.topic, row.key, row.value, row.headers) for row in mine)
        return bool(rows)

    def token(self, user: str, *roles: str) -> str:
        """What the issuer would give them."""
        return issue_token(self.home, user=user, organization=story.ORGANIZATION, roles=roles)

    async def ask(self, service: str, method: str, path: str, *roles: str, user: str = "ines", **given: Any) -> Any:
        """What a service answers somebody; anything but a success is an error here."""
        headers = {"Authorization": f"Bearer {self.token(user, *(roles or ('recruiter',)))}"}
        answer = await self.clients[service].request(method, path, headers=headers, **given)
        assert answer.is_success, answer.text
        return answer.json()


class Reader:
    """Somebody's browser at the console, signed in."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, address: str, **given: Any) -> httpx.Response:
        """Follow a link."""
        return await self.client.get(address, **given)

    async def send(self, address: str, **fields: Any) -> httpx.Response:
        """Send a form of the console's own."""
        return await self.client.post(address, data=fields, headers={"Sec-Fetch-Site": "same-origin"})


class Front:
    """The console of a house."""

    def __init__(self, house: House, app: Any, database: Database) -> None:
        self.house = house
        self.app = app
        self.database = database
        self.asked: list[httpx.Request] = []  # of the services, in order

    @asynccontextmanager
    async def reader(self, user: str, *roles: str, language: str = "en") -> AsyncIterator[Reader]:
        """Somebody signs in."""
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url=PUBLIC,
            headers={"Accept-Language": language}, cookies={"tl": await self.sign_in(user, *roles)},
        ) as client:  # fmt: skip
            yield Reader(client)

    async def move(self, instant: datetime) -> None:
        """Move the clock of the whole house, the console's too."""
        await self.house.move(instant)
        async with self.database.transaction(EVERYONE) as conn:
            await Time("test").move(conn, instant)

    @property
    def asked_by_page(self) -> list[httpx.Request]:
        """What pages asked; not what is asked once for all pages: the brake, and who looks."""
        return [one for one in self.asked if one.url.path not in ("/outreach/pause", "/me")]

    async def fetch(self, statement: str) -> list[dict[str, Any]]:
        """Rows of the console's own tables."""
        async with self.database.transaction(EVERYONE) as conn:
            return [dict(row) for row in await conn.fetch(statement)]

    async def away(self, service: str) -> None:
        """A service ends: whoever asks it hears nothing."""
        self.app.state.client._mounts[httpx._utils.URLPattern(f"http://{service}.test")] = _Nobody()

    async def back(self, service: str) -> None:
        """It is there again."""
        mounted = self.house.clients[service]._transport
        self.app.state.client._mounts[httpx._utils.URLPattern(f"http://{service}.test")] = mounted

    def overtake(self, written: str, ours: bytes, theirs: bytes) -> None:
        """Between what is written and its release a colleague writes it again, with other words."""
        hooks = self.app.state.client.event_hooks["request"]

        async def write(request: httpx.Request) -> None:
            if request.url.path.endswith("/approval"):
                hooks.remove(write)
                mine = next(one for one in reversed(self.asked) if one.url.path.endswith(written))
                said = json.loads(mine.content.replace(ours, theirs))
                await self.house.ask("notifications", mine.method, mine.url.path, user="omar", json=said)

        hooks.append(write)

    async def sign_in(self, user: str, *roles: str) -> str:
        """What their browser holds from now on."""
        return await signed_in(self.app, self.house.token(user, *roles))


class _Nobody(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens here", request=request)


async def signed_in(app: Any, token: str) -> str:
    """A session of the console for a token, as sign-in begins it; what the browser holds."""
    response = Response()
    await begin_session(
        Request({"type": "http", "app": app, "headers": []}), response, Tokens(access=token, expires_at=2**40)
    )
    return response.headers["set-cookie"].partition("=")[2].partition(";")[0]


@asynccontextmanager
async def halden(databases: Databases, home: Path) -> AsyncIterator[House]:
    """A house in which the story stands on Friday, 13 November, 16:20."""
    if not (templates := _PLAYED.get(id(databases))):
        templates = _PLAYED[id(databases)] = await _play(databases, home)
    async with AsyncExitStack() as stack:
        lent = {name: await _lent(stack, databases, name, played) for name, played in templates.items()}
        yield await _opened(stack, lent, home)


@asynccontextmanager
async def in_front(house: House, addresses: Addresses, now: datetime) -> AsyncIterator[Front]:
    """The console before a house, on a database of its own."""
    settings = CONSOLE.settings(
        talentloop_env="test", database_url="postgresql://nobody@localhost/none", public_url=PUBLIC, link_key=KEY,
        hash_key="h" * 32, session_key="s" * 32, **{f"{name}_api": f"http://{name}.test" for name in HEARING},
        **given_by_issuer(house.home),
    )  # fmt: skip
    async with opened(addresses.url, CONSOLE.name) as database:
        async with database.transaction(EVERYONE) as conn:
            await conn.execute("INSERT INTO clock (now_at) VALUES ($1)", now)
        runtime = Runtime(CONSOLE.name, settings, database, CONSOLE.router, CONSOLE.schedule, CONSOLE.holdings)
        with assembled(CONSOLE, runtime) as app:
            front = Front(house, app, database)
            mounts, hooks = dict(_mounts(house)), {"request": [_noting(front)]}
            async with httpx.AsyncClient(mounts=mounts, event_hooks=hooks) as client:
                connect(app, client)
                yield front


_PLAYED: dict[int, dict[str, Addresses]] = {}


def _noting(front: Front) -> Any:
    async def note(request: httpx.Request) -> None:
        front.asked.append(request)

    return note


def _mounts(house: House) -> Iterator[tuple[str, httpx.AsyncBaseTransport]]:
    for name, client in house.clients.items():
        yield f"http://{name}.test", client._transport


async def _play(databases: Databases, home: Path) -> dict[str, Addresses]:
    lent = {name: await databases.lend(name) for name in HEARING}
    async with AsyncExitStack() as stack:
        stages = {n: await stack.enter_async_context(staged(lent[n], s, cast.BEGINNING)) for n, s in HEARING.items()}
        house = House(stages, home)
        await house.publish(story.opening())
        for day in (3, 4, 5, 6, 9):
            for facts in story.interviews(day):
                await house.move(max(fact.at for fact in facts))
                await house.publish(fact._replace(broken=False) for fact in facts)
        await house.move(berlin(10, 11, 5))
        await house.publish(story.withdrawal())
        await house.move(berlin(13, 16, 5))
        await house.publish(story.nobody_hired())
        await house.move(berlin(13, 16, 20))
    for database in lent.values():
        await databases.keep(database)
    return lent


async def _lent(stack: AsyncExitStack, databases: Databases, service: str, played: Addresses) -> Addresses:
    lent = await databases.lend(service, played)
    stack.push_async_callback(databases.take_back, service, lent, played)
    return lent


async def _opened(stack: AsyncExitStack, lent: Mapping[str, Addresses], home: Path) -> House:
    stages = {}
    for name, service in HEARING.items():
        database = await stack.enter_async_context(opened(lent[name].url, name))
        stages[name] = Stage(database, service.router, service.schedule)
    house = House(stages, home)
    for name, service in HEARING.items():
        browser = await stack.enter_async_context(browsing(service, stages[name], home))
        house.clients[name] = browser.client
    return house

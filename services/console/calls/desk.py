"""A desk: what one person asks of the services, with their own token, so that rights and the read log stay theirs."""

import asyncio
import re
from collections.abc import Awaitable, Collection, Mapping
from typing import Any, NamedTuple, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from services.console.calls.route import A, Route, Service, Told, Whole

log = structlog.get_logger()
_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]*"')
_NO_VERSION = '"none"'  # what no service shows: a form that says nothing readable changes nothing

LONGEST = 2.0  # seconds a service has for its answer; the page goes on without it
LONGEST_WRITE = 10.0  # what a person asked for is waited for
MENDED = frozenset({412, 422})  # refusals that whoever sent a form mends in it
UNSEEN = "unseen"  # as a version: whoever names none was shown nothing, and changes nothing
NOTHING_YET = "*"  # as a version: there must be none so far
T = TypeVar("T")


class ServiceAway(Exception):
    """A service does not answer, or not in time, or with something that cannot be read."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.service = service


class FieldProblem(Told):
    """What is wrong with one field; `field` is a JSON pointer."""

    field: str = ""
    code: str = ""
    detail: str = ""

    @property
    def name(self) -> str:
        """The field of the body that it is, or lies in."""
        return self.field.strip("/").partition("/")[0]


class Refusal(Told):
    """A refusal as the services tell it (RFC 9457)."""

    status: int
    code: str = ""
    title: str = ""
    detail: str | None = None
    errors: tuple[FieldProblem, ...] = ()


class CallRefused(Exception):
    """A service refuses. What it says is for the person who asked."""

    def __init__(self, service: Service, refusal: Refusal) -> None:
        super().__init__(f"{service}: {refusal.status} {refusal.code}")
        self.service = service
        self.refusal = refusal


class TokenRefused(Exception):
    """A service does not take the person's token any more: they have to sign in again."""


class Hole(NamedTuple):
    """A part of a page that is not there: whose it would be, and why."""

    service: Service
    refusal: Refusal | None = None


class Versioned(NamedTuple):
    """What a service shows, and the version that a change of it is made of."""

    value: Any
    etag: str


class Desk:
    """What one person asks of the services."""

    def __init__(
        self, client: httpx.AsyncClient, apis: Mapping[str, str], token: str, request: str, language: str = ""
    ) -> None:
        self._client = client
        self._apis = apis
        self._headers = {"Authorization": f"Bearer {token}", "X-Request-ID": request, "Accept-Language": language}
        self._away = set[Service]()  # a page waits for each of them once

    async def read(self, route: Route[A], /, **asked: object) -> A:
        """What a route shows. Raises ServiceAway, CallRefused, TokenRefused."""
        found: A = (await self.look(route, **asked)).value
        return found

    async def look(self, route: Route[Any], /, **asked: object) -> Versioned:
        """The same with its version. Raises as `read` does."""
        return await self._send(route, asked, None, {}, LONGEST)

    async def fetch(self, route: Route[Any], /, *, also: Collection[int] = (), **asked: object) -> httpx.Response:
        """What a service answers, as it is; with these statuses, too. Raises as `read` does."""
        answer = await self._answer(route, asked, None, {}, LONGEST)
        if not (answer.is_success or answer.status_code in also):
            raise _failure(route, answer)
        return answer

    async def seek(self, route: Route[A], body: BaseModel, /, **asked: object) -> A:
        """What a route finds for a body. Raises as `read` does."""
        found: A = (await self._send(route, asked, body, {}, LONGEST)).value
        return found

    async def change(self, route: Route[A], body: BaseModel | None = None, /, *, etag: str = "", **asked: object) -> A:
        """Change something, if it still is at this version: "" is any, NOTHING_YET none, and what is no `ETag` another.

        Raises as `read` does.
        """
        found: A = (await self.save(route, body, etag=etag, **asked)).value
        return found

    async def save(
        self, route: Route[Any], body: BaseModel | None = None, /, *, etag: str = "", **asked: object
    ) -> Versioned:
        """As `change`, with the version that it is now: what follows is done to what was saved here, and no other."""
        conditions = {"If-Match": etag if _ETAG.fullmatch(etag) else _NO_VERSION} if etag else {}
        if etag == NOTHING_YET:
            conditions = {"If-None-Match": "*"}
        return await self._send(route, asked, body, conditions, LONGEST_WRITE)

    async def _send(
        self, route: Route[Any], asked: Mapping[str, object], body: BaseModel | None, headers: dict[str, str],
        longest: float,
    ) -> Versioned:  # fmt: skip
        return _understood(route, await self._answer(route, asked, body, headers, longest))

    async def _answer(
        self, route: Route[Any], asked: Mapping[str, object], body: BaseModel | None, headers: dict[str, str],
        longest: float,
    ) -> httpx.Response:  # fmt: skip
        if route.service in self._away and longest < LONGEST_WRITE:
            raise ServiceAway(route.service)
        if body is not None:
            headers = headers | {"Content-Type": "application/json"}
        try:
            return await self._client.request(
                route.method,
                self._apis[route.service].rstrip("/") + route.address(asked),
                params=route.parameters(asked),
                content=None if body is None else _written(body),
                headers=self._headers | headers,
                timeout=longest,
            )
        except httpx.HTTPError as error:
            self._away.add(route.service)
            log.warning("service away", service=route.service, route=route.path, error=type(error).__name__)
            raise ServiceAway(route.service) from None


def _written(body: BaseModel) -> str:
    return body.model_dump_json(by_alias=True, exclude_none=not isinstance(body, Whole))


def _understood(route: Route[Any], answer: httpx.Response) -> Versioned:
    if not answer.is_success:
        raise _failure(route, answer)
    try:
        return Versioned(route.answer.model_validate_json(answer.content), answer.headers.get("etag", ""))
    except ValidationError as error:
        log.error("answer not understood", service=route.service, route=route.path, errors=error.error_count())
        raise ServiceAway(route.service) from None


def _failure(route: Route[Any], answer: httpx.Response) -> TokenRefused | ServiceAway | CallRefused:
    """What an answer that is no success means."""
    if answer.status_code == 401:
        return TokenRefused()
    if answer.status_code >= 500:
        return ServiceAway(route.service)
    try:
        return CallRefused(route.service, Refusal.model_validate_json(answer.content))
    except ValidationError:
        return ServiceAway(route.service)


async def panel(asked: Awaitable[T]) -> T | Hole:
    """What is asked, or the hole it leaves in the page: the rest is shown all the same."""
    try:
        return await asked
    except ServiceAway as away:
        return Hole(away.service)
    except CallRefused as refused:
        return Hole(refused.service, refused.refusal)


async def unless_refused(change: Awaitable[T]) -> T | Hole:
    """What an act came to, or what is wrong with it. Raises ServiceAway, CallRefused: then its form comes back."""
    try:
        return await change
    except CallRefused as refused:
        if refused.refusal.status not in MENDED:
            raise
        return Hole(refused.service, refused.refusal)


def rows_of(part: Any) -> tuple[Any, ...]:
    """The rows of a part of a page; none where it is not there."""
    return () if part is None or isinstance(part, Hole) else part.items


def value_of(part: Any) -> Any:
    """What a part of a page that was looked at is; None where it is not there."""
    return None if part is None or isinstance(part, Hole) else part.value


def hole_of(changed: Any) -> Hole | None:
    """What is wrong with an act; None where it was done."""
    return changed if isinstance(changed, Hole) else None


async def panels(**asked: Awaitable[Any]) -> dict[str, Any]:
    """Several at once, by the names that a template knows them by. Raises TokenRefused."""
    return dict(zip(asked, await asyncio.gather(*map(panel, asked.values())), strict=True))

"""The border every HTTP request crosses: its id, its size, its log line, and what happens when a route breaks."""

import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kit import metrics
from shared.kit.db import is_transient
from shared.kit.ids import uuid7
from shared.web.etags import is_held, tag_of
from shared.web.problems import Problem, Telling, Unavailable, Unexpected, tell
from shared.web.rate_limits import QUIET
from shared.web.request_body import BodyMemory, Busy, RequestBody, check_address, gone

log = structlog.get_logger()

MOST_AT_ONCE = 200  # requests on their way; machines that ask for health come in beside them
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action {}; base-uri 'none'; frame-ancestors 'none'"


def page_policy(*, form_action: str = "") -> str:
    """What a page may do: nothing but show itself, and send its forms to this service and, where one does, another."""
    return _PAGE_POLICY.format(f"'self' {form_action}".strip())


class DatabaseUnreachable(Unavailable):
    """The database, or the way to it, is away."""

    code = "database-unreachable"


class RequestMiddleware:
    """ASGI middleware, outside of all routes."""

    def __init__(self, app: ASGIApp, telling: Telling = tell) -> None:
        self._app = app
        self._telling = telling
        self._inside = 0
        self._held = BodyMemory()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in and its answer out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, send, self._telling)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=exchange.request_id)
        incoming = RequestBody(scope, receive, self._held)
        self._inside += 1
        try:
            check_address(scope)
            if self._inside > MOST_AT_ONCE and scope["path"] not in QUIET:
                raise Busy
            await self._app(scope, incoming, exchange.send)
        except Problem as problem:
            await exchange.refuse(problem, self._readable(incoming))
        except Exception as error:
            await exchange.refuse(surprise(error), self._readable(incoming))
        finally:
            self._inside -= 1
            incoming.forget()
        exchange.record()

    def _readable(self, incoming: Receive) -> Receive:
        """What was sent, for whoever tells of a refusal; not of so many that telling itself would be too much."""
        return incoming if self._inside <= 2 * MOST_AT_ONCE else gone


class Exchange:
    """One request on its way."""

    def __init__(self, scope: Scope, send: Send, telling: Telling) -> None:
        self._scope = scope
        self._telling = telling
        self._send = send
        self._started = time.perf_counter()
        self._status = 0
        self._begun: Message | None = None
        given = Headers(scope=scope).get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else uuid7()
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        """Pass an answer on, with the headers every answer has."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            _add_headers(MutableHeaders(scope=message), self.request_id)
            if self._is_reading(message):
                self._begun = message
                return
        elif self._begun:
            begun, self._begun = self._begun, None
            message = self._versioned(begun, message)
            await self._send(begun)
        await self._send(message)

    def _is_reading(self, start: Message) -> bool:
        """A caller is shown something: the answer waits for its body, which its `ETag` is made of."""
        asked, told = Headers(scope=self._scope), Headers(scope=start)
        is_read = told.get("content-type", "").startswith(("application/json", "text/html"))
        return self._scope["method"] == "GET" and self._status == 200 and is_read and "authorization" in asked

    def _versioned(self, start: Message, body: Message) -> Message:
        """The body, none where the caller holds it; `start` then says so. What comes in parts has no version."""
        headers = MutableHeaders(scope=start)
        if body.get("more_body"):
            return body
        headers["ETag"] = tag_of(headers.get("etag"), body["body"])
        if not is_held(Headers(scope=self._scope), headers["ETag"]):
            return body
        self._status = start["status"] = 304
        del headers["Content-Type"], headers["Content-Length"]
        return {**body, "body": b""}

    async def refuse(self, problem: Problem, incoming: Receive) -> None:
        """Tell a problem, unless an answer is already on its way."""
        if not self._status:
            answer = await self._told(problem, incoming)
            await answer(self._scope, gone, self.send)

    async def _told(self, problem: Problem, incoming: Receive) -> Response:
        """As this service tells it; as all do where it cannot."""
        request = Request(self._scope, incoming)
        try:
            return await self._telling(request, problem)
        except Exception as error:
            log.error("problem not told", error=type(error).__name__, exc_info=error)
            return await tell(request, problem)

    def record(self) -> None:
        """Count and log the request by its route's template: the address itself may hold a token."""
        seconds = time.perf_counter() - self._started
        method, route = _verb(self._scope["method"]), _template(self._scope)
        metrics.REQUESTS.labels(method, route, str(self._status)).inc()
        metrics.REQUEST_SECONDS.labels(method, route).observe(seconds)
        if route not in QUIET:
            log.info("request", method=method, route=route, status=self._status, seconds=round(seconds, 4))


def surprise(error: Exception) -> Problem:
    """What the caller is told of a failure; the log gets all of it."""
    if is_transient(error):
        log.warning("database not reached", error=type(error).__name__, exc_info=error)
        return DatabaseUnreachable("Try again in a moment.", headers={"Retry-After": "2"})
    log.error("request failed", error=type(error).__name__, exc_info=error)
    return Unexpected("Tell us the request id.")


def _add_headers(headers: MutableHeaders, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", "no-store")
    if headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", page_policy())
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Robots-Tag"] = "noindex"


def _template(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "unmatched"))


def _verb(method: str) -> str:
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"

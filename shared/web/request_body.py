"""What a client sends with a request: read of whoever was let in, whole, and with limits on size and time."""

import asyncio

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from shared.web.access import admit
from shared.web.problems import Problem, RequestTimeout, TooLarge, Unavailable, UnsupportedMediaType

MAX_BODY = 1024 * 1024
MOST_HELD = 32 * MAX_BODY  # of bodies in memory at once
BODY_SECONDS = 30
LONGEST_ADDRESS = 8192  # characters of path and query (RFC 9110, 4.1)
_CLOSE = {"Connection": "close"}


class Busy(Unavailable):
    """More is asked at once than can be answered."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__("Try again in a moment.", headers={"Retry-After": "1", **_CLOSE})


class AddressTooLong(Problem):
    """The address is longer than any of ours."""

    status = 414
    title = "Address too long"
    code = "address-too-long"


class AddressUnreadable(Problem):
    """The address holds a NUL: no database keeps one."""

    code = "address-unreadable"


def check_address(scope: Scope) -> None:
    """Raises AddressTooLong, AddressUnreadable."""
    query: bytes = scope.get("query_string", b"")
    if len(scope.get("raw_path") or scope["path"]) + len(query) > LONGEST_ADDRESS:
        raise AddressTooLong(f"An address may have {LONGEST_ADDRESS} characters.", headers=_CLOSE)
    if "\0" in scope["path"] or b"%00" in query or b"\0" in query:
        raise AddressUnreadable("An address may not hold the character NUL.")


class BodyMemory:
    """How many bytes of bodies are in memory, of all requests."""

    def __init__(self) -> None:
        self.bytes = 0


async def gone() -> Message:
    """ASGI's `receive` once nothing more is read."""
    return {"type": "http.disconnect"}


class RequestBody:
    """ASGI's `receive`. The first call lets the caller in, or not, and reads the whole body.

    Whoever tells somebody that they were not let in may call again: what they sent is then read within the same limits.
    """

    def __init__(self, scope: Scope, receive: Receive, held: BodyMemory) -> None:
        self._scope = scope
        self._receive = receive
        self._is_asked = False
        self._is_read = False
        self._held = held
        self._size = 0

    def forget(self) -> None:
        """The request is answered: its body is held no longer."""
        self._held.bytes -= self._size
        self._size = 0

    async def __call__(self) -> Message:
        """The body as one message, then whatever else happens. Raises Problem, LinkRefused."""
        if self._is_read:
            return await self._receive()
        if not self._is_asked:
            self._is_asked = True
            await admit(Request(self._scope))
        self._check_headers()
        self._is_read = True
        receive, self._receive = self._receive, gone  # nothing more of what is too large or too slow
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await self._read(receive)
        except TimeoutError:
            raise RequestTimeout(f"A body may take {BODY_SECONDS} seconds.", headers=_CLOSE) from None
        self._receive = receive
        return message

    def _check_headers(self) -> None:
        """No limit depends on what a client claims: this is only the kinder answer."""
        headers = Headers(scope=self._scope)
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > MAX_BODY:
            raise TooLarge("A body may have 1 MiB.", headers=_CLOSE)
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise UnsupportedMediaType("Send the body as it is, not packed.", headers={"Accept-Encoding": "identity"})

    async def _read(self, receive: Receive) -> Message:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message
            self._take(body, message.get("body", b""))
            if not message.get("more_body", False):
                return {"type": "http.request", "body": bytes(body), "more_body": False}

    def _take(self, body: bytearray, piece: bytes) -> None:
        body += piece
        self._size += len(piece)
        self._held.bytes += len(piece)
        if len(body) > MAX_BODY:
            raise TooLarge("A body may have 1 MiB.", headers=_CLOSE)
        if self._held.bytes > MOST_HELD:
            raise Busy

"""Replies and bounces come in by SMTP: to addresses we gave out and nobody can make up. Nothing is ever relayed."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from services.notifications.post.receiving import MailRefused, Receiving
from services.notifications.post.sandbox import Sandbox
from services.notifications.settings import NotificationsSettings
from shared.kit import metrics
from shared.kit.advice import located
from shared.running.runtime import Runtime

log = structlog.get_logger()

MAX_CONNECTIONS = 100
MAX_FROM_ONE_ADDRESS = 50  # nobody keeps all others out; who relays all mail comes from one address
MAX_RECIPIENTS = 10
MAILS_IN_HAND = 4  # of the largest size: so much of what comes in is held in memory at once
IDLE_SECONDS = 60.0
DATA_SECONDS = 300.0
SESSION_SECONDS = 900.0
_MEGABYTE = 2**20
_CHUNK = 2**22  # more than a reader holds
_END = b"\r\n.\r\n"
_OVERLAP = len(_END) - 1


class Listener:
    """The mail listener of one process, if a port is set for it."""

    def __init__(self, runtime: Runtime, settings: NotificationsSettings, sandbox: Sandbox) -> None:
        self._settings = settings
        self._receiving = Receiving(runtime, settings, sandbox)
        self._server: asyncio.Server | None = None
        self._connections: set[MailConnection] = set()
        self._peers: Counter[str] = Counter()
        self._room = settings.inbound_megabytes * _MEGABYTE * MAILS_IN_HAND
        self.port = settings.inbound_port

    async def open(self) -> int:
        """Take mail from now on, if it is not so already."""
        if self.port is not None and self._server is None:
            loop, tls = asyncio.get_running_loop(), _tls(self._settings)
            self._server = await loop.create_server(lambda: self._answer(tls), self._settings.inbound_host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]
            log.info("mail listener started", port=self.port)
        return 0

    async def close(self) -> None:
        """Take no more; who is not answered yet brings it again."""
        if self._server:
            self._server.close()
        self._server = None
        for connection in tuple(self._connections):
            connection.shut()

    def _answer(self, tls: ssl.SSLContext | None) -> SMTP:
        return MailConnection(self, self._receiving, self._settings, tls)

    def enter(self, connection: "MailConnection", peer: str) -> bool:
        """Let a connection in; false when there are too many."""
        if len(self._connections) >= MAX_CONNECTIONS or self._peers[peer] >= MAX_FROM_ONE_ADDRESS:
            return False
        self._connections.add(connection)
        self._peers[peer] += 1
        return True

    def leave(self, connection: "MailConnection", peer: str) -> None:
        """A connection that was let in ended."""
        self._connections.discard(connection)
        self._peers[peer] -= 1
        if not self._peers[peer]:
            del self._peers[peer]

    def take(self, size: int) -> bool:
        """Hold so many bytes more; false when all are holding too much."""
        self._room -= size
        if self._room < 0:
            self._room += size
            return False
        return True

    def give_back(self, size: int) -> None:
        """So many bytes are no longer held."""
        self._room += size


class MailConnection(SMTP):
    """One connection. Every refusal is counted, and says in plain words what is wrong."""

    def __init__(
        self, listener: Listener, receiving: Receiving, settings: NotificationsSettings, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(
            MailHandler(receiving),
            hostname=settings.mail_domain,
            ident="Talentloop",
            data_size_limit=settings.inbound_megabytes * _MEGABYTE,
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
            tls_context=tls,
        )
        self._listener = listener
        self._megabytes = settings.inbound_megabytes
        self._peer: str | None = None
        self._ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Too many at once: the sender tries again later. A connection that becomes TLS is made twice."""
        if self._peer is None:
            peer = str((transport.get_extra_info("peername") or ("",))[0])
            if not self._listener.enter(self, peer):
                metrics.MAILS_IN.labels("busy").inc()
                transport.write(b"421 4.3.2 Too many connections, please try again later\r\n")
                transport.close()
                return
            self._peer = peer
            self._ends = self.loop.call_later(SESSION_SECONDS, self.shut)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever was turned away at the connection never had a session."""
        if self._peer is None or self._ends is None:
            return
        self._ends.cancel()
        self._listener.leave(self, self._peer)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """Nor does such a one end it."""
        return super().eof_received() if self._peer is not None else None

    def shut(self) -> None:
        """End it, however much is left to say."""
        if self.transport is not None:
            self.transport.close()

    async def push(self, status: Any) -> None:
        """Say it; a mail that is too large is told how large it may be."""
        if isinstance(status, str) and status.startswith("552"):
            metrics.MAILS_IN.labels("too_large").inc()
            log.info("mail refused", code="too_large")
            status = f"552 5.3.4 This mail is too large: {self._megabytes} MB at most"
        await super().push(status)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """The library would hold a line as an object each, and one that never ends as well."""
        if await self.check_helo_needed():
            return
        envelope = self.envelope
        if arg or envelope is None or not envelope.rcpt_tos:
            await self.push("501 Syntax: DATA" if arg else "503 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self._reset_timeout(DATA_SECONDS)
        held = MailBuffer(self._listener, self.data_size_limit or 0)
        try:
            self._reader.feed_data(await held.read(self._reader))
            envelope.content = held.content()
            status = held.refused or await self._call_handler_hook("DATA")
        finally:
            held.give_back()
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(status)


class MailBuffer:
    """A mail as it comes in: no more of it than may be, and nothing of one that is more."""

    def __init__(self, listener: Listener, most: int) -> None:
        self._listener = listener
        self._most = most
        self._size = 0
        self._bytes = bytearray(b"\r\n")
        self.refused = ""

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """Take it up to its end; what came behind it is returned."""
        searched = 0
        while (end := self._bytes.find(_END, searched)) < 0:
            if self.refused:
                del self._bytes[:-_OVERLAP]
            searched = max(len(self._bytes) - _OVERLAP, 0)
            if not (chunk := await reader.read(_CHUNK)):
                raise ConnectionResetError
            self._take(chunk)
        behind = bytes(self._bytes[end + len(_END) :])
        del self._bytes[end + 2 :]
        return behind

    def _take(self, chunk: bytes) -> None:
        self._bytes += chunk
        if self.refused:
            return
        if self._size + len(chunk) > self._most + len(_END):
            self.refused = "552 Too much"
        elif not self._listener.take(len(chunk)):
            self.refused = "452 4.3.1 Too much mail at once, please try again later"
        else:
            self._size += len(chunk)

    def content(self) -> bytes:
        """The mail, without what made its dots safe."""
        return bytes(self._bytes.replace(b"\r\n.", b"\r\n")[2:])

    def give_back(self) -> None:
        """It is no longer held."""
        self._listener.give_back(self._size)


class MailHandler:
    """What aiosmtpd asks: whom we take mail for, and what becomes of it."""

    def __init__(self, receiving: Receiving) -> None:
        self._receiving = receiving

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse an address we never gave out before anything else is sent."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        async with _answered() as answer:
            await self._receiving.look_up(address)
            envelope.rcpt_tos.append(address)
            answer.append("250 2.1.5 Fine")
        return answer[0]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail; the answer comes after the commit."""
        async with _answered() as answer:
            content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
            sender = (envelope.mail_from or "").strip("<>")  # the null return path comes as `<>`
            await self._receiving.receive(envelope.rcpt_tos, sender, content)
            answer.append("250 2.0.0 Kept")
        return answer[0]

    async def handle_exception(self, error: Exception) -> str:
        """What a client makes the library stumble over is said nowhere: it may hold an address."""
        log.warning("mail session failed", **located(error))
        return "451 4.3.0 Not possible at the moment, please try again later"


@asynccontextmanager
async def _answered() -> AsyncIterator[list[str]]:
    """A refusal in plain words; whatever else happens, the sender keeps the mail and tries again."""
    answer: list[str] = []
    try:
        yield answer
    except MailRefused as refused:
        metrics.MAILS_IN.labels(refused.code).inc()
        log.info("mail refused", code=refused.code)
        answer.append(str(refused))
    except Exception as error:
        metrics.MAILS_IN.labels("failed").inc()
        log.warning("mail not taken", **located(error))
        answer.append("451 4.3.0 Not possible at the moment, please try again later")


def _tls(settings: NotificationsSettings) -> ssl.SSLContext | None:
    if not (settings.inbound_certfile and settings.inbound_keyfile):
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.inbound_certfile, settings.inbound_keyfile)
    return context

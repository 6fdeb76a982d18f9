"""Replies and bounces come in by SMTP: to addresses we gave out and nobody can make up. Nothing is ever relayed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifications.post.receiving import Receiving, Refused
from services.notifications.settings import Settings
from shared.kit import metrics
from shared.kit.runtime import Runtime

log = structlog.get_logger()

MAX_CONNECTIONS = 100
MAX_RECIPIENTS = 10
IDLE_SECONDS = 60.0
_MEGABYTE = 2**20


class Listener:
    """The mail listener of one process, if a port is set for it."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        self._settings = settings
        self._receiving = Receiving(runtime, settings)
        self._open = 0
        self.port = settings.inbound_port

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Take mail while the block runs."""
        if self.port is None:
            yield
            return
        loop, tls = asyncio.get_running_loop(), _tls(self._settings)
        server = await loop.create_server(lambda: self._answer(tls), self._settings.inbound_host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        log.info("mail listener started", port=self.port)
        try:
            yield
        finally:
            server.close()  # a connection a sender keeps open is no reason to stay

    def _answer(self, tls: ssl.SSLContext | None) -> SMTP:
        return Door(self, self._receiving, self._settings, tls)

    def enter(self) -> bool:
        """Count a connection; false when there are too many."""
        self._open += 1
        return self._open <= MAX_CONNECTIONS

    def leave(self) -> None:
        """A connection ended."""
        self._open -= 1


class Door(SMTP):
    """One connection. Every refusal is counted, and says in plain words what is wrong."""

    def __init__(
        self, listener: Listener, receiving: Receiving, settings: Settings, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(
            Slot(receiving),
            hostname=settings.mail_domain,
            ident="Talentloop",
            data_size_limit=settings.inbound_megabytes * _MEGABYTE,
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
            tls_context=tls,
        )
        self._listener = listener
        self._megabytes = settings.inbound_megabytes

    def connection_made(self, transport: Any) -> None:
        """Too many at once: the sender tries again later."""
        if self._listener.enter():
            super().connection_made(transport)
            return
        metrics.MAILS_IN.labels("busy").inc()
        transport.write(b"421 4.3.2 Too many connections, please try again later\r\n")
        transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever was turned away at the door never had a session."""
        self._listener.leave()
        if self.transport is not None:
            super().connection_lost(error)

    async def push(self, status: Any) -> None:
        """Say it; a mail that is too large is told how large it may be."""
        if isinstance(status, str) and status.startswith("552"):
            metrics.MAILS_IN.labels("too_large").inc()
            log.info("mail refused", code="too_large")
            status = f"552 5.3.4 This mail is too large: {self._megabytes} MB at most"
        await super().push(status)


class Slot:
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
            for address in envelope.rcpt_tos:
                await self._receiving.receive(address, sender, content)
            answer.append("250 2.0.0 Kept")
        return answer[0]


@asynccontextmanager
async def _answered() -> AsyncIterator[list[str]]:
    """A refusal in plain words; whatever else happens, the sender keeps the mail and tries again."""
    answer: list[str] = []
    try:
        yield answer
    except Refused as refused:
        metrics.MAILS_IN.labels(refused.code).inc()
        log.info("mail refused", code=refused.code)
        answer.append(str(refused))
    except Exception as error:
        metrics.MAILS_IN.labels("failed").inc()
        log.warning("mail not taken", error=type(error).__name__, exc_info=error)
        answer.append("451 4.3.0 Not possible at the moment, please try again later")


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if not (settings.inbound_certfile and settings.inbound_keyfile):
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.inbound_certfile, settings.inbound_keyfile)
    return context

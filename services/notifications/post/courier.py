"""The mail server: a few connections, kept and used again, and what each of its answers means."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from enum import StrEnum

import aiosmtplib
import structlog
from aiosmtplib import SMTP

from services.notifications.settings import MailServer, StartTls
from shared.contracts import as_sent

log = structlog.get_logger()

CONNECT_SECONDS = 20.0
COMMAND_SECONDS = 30.0
DATA_SECONDS = 120.0  # who gives up after the letter was sent does not know whether it arrived
AWAY_SECONDS = 5.0
CLOSING = 421
# 5xx answers that speak about us, not about this letter: signing in, TLS first.
_OURS = frozenset((523, 530, 534, 535, 538))
_UNFIT = re.compile(r"[\s<>\x00-\x20\x7f]")
_LOST = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError)


class DeliveryOutcome(StrEnum):
    """What became of handing a letter in."""

    TAKEN = "taken"
    REFUSED = "refused"  # for good
    POSTPONED = "postponed"  # surely not taken; try again later
    UNKNOWN = "unknown"  # the connection ended before the answer
    KEPT = "kept"  # not handed in at all: no connection, or all mail is held back


class Unreachable(Exception):
    """No connection to the mail server: nothing was handed in."""


class Courier:
    """Hands letters in over at most so many connections. Each is used again as long as the server keeps it."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._turns = asyncio.Semaphore(server.connections)
        self._idle: list[SMTP] = []
        self._away_until = 0.0

    async def is_there(self) -> bool:
        """True when a letter can be handed in: nothing has to be prepared for a server that is away."""
        try:
            async with self._turns:
                self._idle.append(self._idle.pop() if self._idle else await self._connect())
        except Unreachable as error:
            log.warning("mail server away", error=str(error))
            return False
        return True

    async def hand_in(
        self, sender: str, address: str, content: bytes, *, unless: Callable[[], bool] = lambda: False
    ) -> DeliveryOutcome:
        """Hand one letter in when its turn has come, `unless` it is held back by then. Raises Unreachable."""
        async with self._turns:
            return DeliveryOutcome.KEPT if unless() else await self._hand_in(sender, as_sent(address), content)

    async def close(self) -> None:
        """Let all connections go."""
        while self._idle:
            smtp = self._idle.pop()
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await smtp.quit(timeout=1)
            smtp.close()

    async def _hand_in(self, sender: str, address: str, content: bytes) -> DeliveryOutcome:
        """A connection the server has closed meanwhile is no reason to wait: try once more over a new one."""
        while self._idle:
            if outcome := await self._over(self._idle.pop(), sender, address, content):
                return outcome
        return await self._over(await self._connect(), sender, address, content) or DeliveryOutcome.POSTPONED

    async def _over(self, smtp: SMTP, sender: str, address: str, content: bytes) -> DeliveryOutcome | None:
        """What became of it over this connection, which is kept afterwards; None when it was closed before."""
        try:
            outcome = await _begin(smtp, sender, address) if _fits(smtp, address) else DeliveryOutcome.REFUSED
            if outcome is DeliveryOutcome.TAKEN:
                outcome = await _give(smtp, content)
        except BaseException:
            smtp.close()
            raise
        if smtp.is_connected:
            self._idle.append(smtp)
        return outcome

    async def _connect(self) -> SMTP:
        loop, server = asyncio.get_running_loop(), self._server
        if loop.time() < self._away_until:
            raise Unreachable("AwayAMomentAgo")
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.is_tls,
            start_tls=_upgrade(server),
            validate_certs=server.is_tls or server.starttls is StartTls.REQUIRED,
            cert_bundle=server.cafile,
            username=server.user,
            password=server.password,
            timeout=CONNECT_SECONDS,
        )
        try:
            await smtp.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            smtp.close()
            self._away_until = loop.time() + AWAY_SECONDS
            raise Unreachable(type(error).__name__) from None
        return smtp


def _upgrade(server: MailServer) -> bool | None:
    """What aiosmtplib is told: always, where offered, or never."""
    if server.is_tls:
        return False
    return {StartTls.REQUIRED: True, StartTls.OPTIONAL: None, StartTls.NEVER: False}[server.starttls]


def _fits(smtp: SMTP, address: str) -> bool:
    """It can stand in a command; and not every server takes addresses of all scripts (RFC 6531)."""
    if _UNFIT.search(address):
        return False
    return address.isascii() or smtp.supports_extension("smtputf8")


async def _begin(smtp: SMTP, sender: str, address: str) -> DeliveryOutcome | None:
    """From whom and to whom. TAKEN: go on; None: the server was no longer there; nothing can have arrived."""
    options, encoding = ([], "ascii") if address.isascii() else (["SMTPUTF8"], "utf-8")
    outcome: DeliveryOutcome | None = None
    try:
        await smtp.mail(sender, options=options, encoding=encoding, timeout=COMMAND_SECONDS)
        outcome = DeliveryOutcome.POSTPONED  # from here on a connection that ends is a refusal for now
        await smtp.rcpt(address, encoding=encoding, timeout=COMMAND_SECONDS)
    except aiosmtplib.SMTPResponseException as error:
        if error.code == CLOSING:
            smtp.close()
            return outcome
        await _reset(smtp)
        return _meaning(error.code)
    except _LOST:
        smtp.close()
        return outcome
    except ValueError:
        await _reset(smtp)
        return DeliveryOutcome.REFUSED  # no address that can stand in a command
    return DeliveryOutcome.TAKEN


async def _give(smtp: SMTP, content: bytes) -> DeliveryOutcome:
    """The letter itself."""
    try:
        await smtp.data(content, timeout=DATA_SECONDS)
    except aiosmtplib.SMTPResponseException as error:
        if error.code == CLOSING:
            smtp.close()
        return _meaning(error.code)
    except _LOST:
        smtp.close()
        return DeliveryOutcome.UNKNOWN
    return DeliveryOutcome.TAKEN


async def _reset(smtp: SMTP) -> None:
    """The next letter begins anew; without a connection it does so anyway."""
    try:
        await smtp.rset(timeout=COMMAND_SECONDS)
    except (aiosmtplib.SMTPException, OSError):
        smtp.close()


def _meaning(code: int) -> DeliveryOutcome:
    return DeliveryOutcome.REFUSED if code >= 500 and code not in _OURS else DeliveryOutcome.POSTPONED

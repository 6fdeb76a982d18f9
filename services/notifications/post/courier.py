"""The mail server: one connection, kept and used again, and what each of its answers means."""

import contextlib
from enum import StrEnum

import aiosmtplib

from services.notifications.settings import MailServer

TIMEOUT_SECONDS = 20.0
# 5xx answers that speak about us, not about this letter: signing in.
_OURS = frozenset((530, 534, 535, 538))


class Outcome(StrEnum):
    """What became of handing a letter in."""

    TAKEN = "taken"
    REFUSED = "refused"  # for good
    POSTPONED = "postponed"  # surely not taken; try again later
    UNKNOWN = "unknown"  # the connection ended before the answer


class Unreachable(Exception):
    """No connection to the mail server: nothing was handed in."""


class Courier:
    """Hands letters in over one connection."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._open: aiosmtplib.SMTP | None = None

    async def connect(self) -> None:
        """Use the open connection if it still answers, else open one. Raises Unreachable."""
        if self._open is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await self._open.noop()
                return
            await self.close()
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.is_tls,
            username=server.user,
            password=server.password,
            timeout=TIMEOUT_SECONDS,
        )
        try:
            await smtp.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            smtp.close()
            raise Unreachable(type(error).__name__) from None
        self._open = smtp

    async def hand_in(self, sender: str, address: str, content: bytes) -> Outcome:
        """Hand one letter in over the open connection. Raises Unreachable."""
        await self.connect()
        if self._open is None:
            raise Unreachable
        options = [] if address.isascii() else ["SMTPUTF8"]
        try:
            await self._open.sendmail(sender, [address], content, mail_options=options)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _meaning(max(refusal.code for refusal in error.recipients))
        except aiosmtplib.SMTPResponseException as error:
            return _meaning(error.code)
        except (aiosmtplib.SMTPException, OSError):
            await self.close()
            return Outcome.UNKNOWN
        return Outcome.TAKEN

    async def close(self) -> None:
        """Let the connection go."""
        if self._open is not None:
            self._open.close()
            self._open = None


def _meaning(code: int) -> Outcome:
    return Outcome.REFUSED if code >= 500 and code not in _OURS else Outcome.POSTPONED

"""Replies are handed on to whoever answers for the job: as they came, inside a mail of ours that nothing answers."""

from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parseaddr

import structlog

from services.notifications import sql
from services.notifications.domain.record import Organization
from services.notifications.post.courier import Courier, Outcome, Unreachable
from services.notifications.post.reading import OURS, Meaning
from services.notifications.post.settling import KEPT_SECONDS, pause
from services.notifications.post.watching import Watch, watched
from services.notifications.settings import Settings
from services.notifications.sql.incoming import Forward
from services.notifications.sql.settings import User
from shared.kit.db import EVERYONE
from shared.kit.runtime import Runtime

log = structlog.get_logger()

AT_ONCE = 10
LEASE_SECONDS = 300.0
NOBODY_YET_SECONDS = 3600.0
_SUBJECTS = {
    Meaning.AUTOMATIC: "a mail that nobody wrote came from a candidate's mailbox",
    Meaning.SOFT: "a letter to a candidate came back",
    Meaning.COMPLAINT: "a candidate's provider reports a complaint",
}
_WORDS = {
    Meaning.AUTOMATIC: (
        "a machine answered a letter to a candidate, and only a person can tell what it means: they may have left, or\n"
        "have another address. It is attached as it came.\n"
    ),
    Meaning.SOFT: (
        "a mail server sent a letter to a candidate back without a reason we know. Its notice is attached as it came;\n"
        "later letters are sent as before.\n"
    ),
    Meaning.COMPLAINT: (
        "a candidate marked one of your letters as unwanted, or wrote so. The report is attached as it came.\n"
        "They get no invitations and nothing to keep in touch any more, until they consent again.\n"
    ),
}
_REPLIED = (
    "a candidate has replied to a letter. Their mail is attached as it came; an answer to this mail goes to them.\n"
    "Until you close the task of this reply, they get no further mail to keep in touch.\n"
)
NO_RETURN = ""  # the null return path: a forward that bounces comes back to nobody


class Forwarding:
    """Hands replies on, again and again until the mail server has taken them."""

    def __init__(self, runtime: Runtime, courier: Courier, settings: Settings) -> None:
        self._runtime = runtime
        self._courier = courier
        self._domain = settings.mail_domain

    async def forward_some(self) -> int:
        """Hand on what waits; how many."""
        async with self._runtime.database.transaction(EVERYONE) as conn:
            claimed = await sql.claim_forwards(conn, AT_ONCE, LEASE_SECONDS)
        if claimed:
            async with watched(self._runtime) as watch:
                for forward in claimed:
                    await self._hand_on(forward, watch)
        return len(claimed)

    async def _hand_on(self, forward: Forward, watch: Watch) -> None:
        async with self._runtime.database.transaction([forward.organization]) as conn:
            reader = await sql.load_owner(conn, forward.organization, forward.job)
            settings = (await sql.load_organizations(conn, [forward.organization]))[forward.organization]
        outcome = await self._handed_in(forward, reader, settings, watch) if reader else Outcome.KEPT
        async with self._runtime.database.transaction([forward.organization]) as conn:
            if outcome is Outcome.TAKEN:
                await sql.finish_forward(conn, forward, await self._runtime.time.read(conn))
            else:
                later = KEPT_SECONDS if outcome is Outcome.KEPT else pause(forward.attempts)
                await sql.delay_forward(conn, forward, later if reader else NOBODY_YET_SECONDS)
        log.info("reply handed on", mail=forward.mail, outcome=outcome)

    async def _handed_in(self, forward: Forward, reader: User, settings: Organization, watch: Watch) -> Outcome:
        """What became of it; one that cannot be wrapped is tried again, as a colleague's address may be corrected."""
        sender = settings.sender_address or f"no-reply@{self._domain}"
        try:
            mail = _wrapped(forward, reader, sender, settings.name, self._domain)
        except (ValueError, IndexError, UnicodeError) as error:
            log.error("reply not wrapped", mail=forward.mail, error=type(error).__name__)
            return Outcome.POSTPONED
        try:
            return await self._courier.hand_in(
                NO_RETURN, reader.email, mail, unless=lambda: watch.holds(forward.organization)
            )
        except Unreachable:
            log.warning("mail server away", mail=forward.mail)
            return Outcome.KEPT


def _wrapped(forward: Forward, reader: User, sender: str, organization: str, domain: str) -> bytes:
    """A mail around the mail. An answer to it goes to whoever wrote the inner one."""
    inner = message_from_bytes(forward.content, policy=default)
    mail = EmailMessage(policy=SMTP)
    meaning = Meaning(forward.meaning)
    mail["Subject"] = f"{organization}: {_SUBJECTS.get(meaning, 'a candidate has replied')}"
    mail["From"] = Address(organization, addr_spec=sender)
    mail["To"] = Address(reader.name, addr_spec=reader.email)
    if meaning is Meaning.REPLY and (answer_to := _writer(inner)):
        mail["Reply-To"] = answer_to
    mail["Message-ID"] = f"<{forward.mail}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[OURS] = forward.mail
    mail.set_content(
        f"Hello {reader.name},\n\n"
        f"{_WORDS.get(meaning, _REPLIED)}\n"
        f"Letter {forward.letter}, candidate {forward.candidate}\n"
    )
    mail.add_attachment(forward.content, maintype="application", subtype="octet-stream", filename="mail.eml")
    return mail.as_bytes()


def _writer(inner: object) -> Address | None:
    """Who wrote it, by the address they gave; nothing that could not stand in a header."""
    try:
        name, address = parseaddr(str(inner.get("Reply-To") or inner.get("From") or ""))  # type: ignore[attr-defined]
        return Address(name, addr_spec=address) if address.isascii() and "@" in address else None
    except (ValueError, IndexError, AttributeError):
        return None

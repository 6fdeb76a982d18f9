"""Replies are handed on to whoever answers for the job, inside a mail of ours that nothing answers."""

import asyncio
from collections.abc import Callable
from email.message import EmailMessage
from typing import NamedTuple

import structlog

from services.notifications.domain.tasks import stuck_mail
from services.notifications.letters.quoted_mail import without_keys
from services.notifications.post.composing import addressed, follow, message_id, policy_for
from services.notifications.post.courier import Courier, DeliveryOutcome, Unreachable
from services.notifications.post.reading import OURS, Meaning
from services.notifications.post.sandbox import Sandbox
from services.notifications.post.settling import KEPT_SECONDS, pause
from services.notifications.post.watching import SendingBrake, watched
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.incoming import Forward, claim_forwards, delay_forward, finish_forward, load_incoming
from services.notifications.sql.letters import TASKS
from services.notifications.sql.organizations import ListedColleague, load_organizations, load_owner
from shared.kit.advice import located
from shared.kit.db import is_transient
from shared.kit.loops import insist, to_its_end
from shared.running.runtime import Runtime

log = structlog.get_logger()

AT_ONCE = 10
LEASE_SECONDS = 300.0
NOBODY_YET_SECONDS = 3600.0
_SUBJECTS = {
    Meaning.AUTOMATIC: "a mail that nobody wrote came from a candidate's mailbox",
    **dict.fromkeys((Meaning.SOFT, Meaning.HARD), "a letter to a candidate came back"),
    Meaning.COMPLAINT: "a candidate's provider reports a complaint",
}
_WORDS = {
    Meaning.AUTOMATIC: (
        "a machine answered a letter to a candidate, and only a person can tell what it means: they may have left, or\n"
        "have another address. It is attached as it came.\n"
    ),
    Meaning.SOFT: (
        "a letter to a candidate seems to have come back, and no reason is sure. The notice is attached as it came;\n"
        "later letters are sent as before.\n"
    ),
    Meaning.HARD: (
        "a letter to a candidate seems to have come back because nobody is at the address. The notice is attached as\n"
        "it came; nothing more is sent until there is another address.\n"
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
_WITHHELD = "What it quotes of ours is without the links and the address by which its reader alone acts and answers.\n"
STUCK_AFTER = 5  # tries, over a quarter of an hour
NO_RETURN = ""  # the null return path: a forward that bounces comes back to nobody


class ForwardAttempt(NamedTuple):
    """What became of a mail, and who was to read it. `is_stuck`: trying again will not help, a person must."""

    outcome: DeliveryOutcome
    reader: str | None = None
    is_stuck: bool = False
    pause: float | None = None


class Forwarding:
    """Hands replies on, again and again until the mail server has taken them."""

    def __init__(self, runtime: Runtime, courier: Courier, settings: NotificationsSettings, sandbox: Sandbox) -> None:
        self._runtime = runtime
        self._courier = courier
        self._sandbox = sandbox
        self._domain = settings.mail_domain

    async def forward_some(self) -> int:
        """Hand on what waits; how many. Whoever is cancelled meanwhile hands nothing more in."""
        stopping = asyncio.Event()
        return await to_its_end(self._forward(stopping), stopping=stopping)

    async def _forward(self, stopping: asyncio.Event) -> int:
        async with self._runtime.database.look() as conn:
            claimed = await claim_forwards(conn, AT_ONCE, LEASE_SECONDS)
        if claimed:
            async with watched(self._runtime) as watch:
                for forward in claimed:
                    await self._hand_on(forward, SendingBrake(watch, stopping))
        return len(claimed)

    async def _hand_on(self, forward: Forward, brake: SendingBrake) -> None:
        """Whatever goes wrong concerns this mail alone."""
        try:
            tried = await self._try(forward, brake)
        except Exception as error:
            log.error("reply not handed on", mail=forward.mail, **located(error))
            tried = ForwardAttempt(DeliveryOutcome.POSTPONED, is_stuck=not is_transient(error))
        await insist(lambda: self._settle(forward, tried), "keeping what became of a reply")
        log.info("reply handed on", mail=forward.mail, outcome=tried.outcome)

    async def _try(self, forward: Forward, brake: SendingBrake) -> ForwardAttempt:
        organization = forward.organization
        async with self._runtime.database.transaction([organization]) as conn:
            reader = await load_owner(conn, organization, forward.job)
            settings = (await load_organizations(conn, [organization]))[organization]
            content = await load_incoming(conn, forward)
        if reader is None or content is None:
            return ForwardAttempt(DeliveryOutcome.KEPT, pause=NOBODY_YET_SECONDS)
        sender = settings.sender_address or f"no-reply@{self._domain}"
        writer = await self._sandbox.writer(content)
        # Packing up a large mail takes a second.
        mail = await asyncio.to_thread(_wrapped, forward, content, reader, sender, settings.name, self._domain, writer)
        outcome = await self._handed_in(reader.email, mail, lambda: brake.holds(organization))
        return ForwardAttempt(outcome, reader.user, is_stuck=outcome is DeliveryOutcome.REFUSED)

    async def _handed_in(self, address: str, mail: bytes, held: Callable[[], bool]) -> DeliveryOutcome:
        try:
            return await self._courier.hand_in(NO_RETURN, address, mail, unless=held)
        except Unreachable:
            return DeliveryOutcome.KEPT

    async def _settle(self, forward: Forward, tried: ForwardAttempt) -> None:
        async with self._runtime.turns.open([forward.organization]) as turn:
            if tried.outcome is DeliveryOutcome.TAKEN:
                await finish_forward(turn.conn, forward, turn.now)
                return
            waits = KEPT_SECONDS if tried.outcome is DeliveryOutcome.KEPT else pause(forward.attempts)
            await delay_forward(turn.conn, forward, tried.pause or waits)
            if tried.is_stuck or (tried.outcome is not DeliveryOutcome.KEPT and forward.attempts >= STUCK_AFTER):
                task = stuck_mail(
                    forward.organization, forward.mail, forward.candidate, tried.reader, forward.received_at
                )
                await TASKS.add(turn.conn, [task])


def _wrapped(
    forward: Forward,
    content: bytes,
    reader: ListedColleague,
    sender: str,
    organization: str,
    domain: str,
    writer: str | None,
) -> bytes:
    """A mail around the mail. An answer to it goes to whoever wrote the inner one."""
    mail = EmailMessage(policy=policy_for(reader.email))
    meaning = Meaning(forward.meaning)
    mail["Subject"] = f"{organization}: {_SUBJECTS.get(meaning, 'a candidate has replied')}"
    mail["From"] = addressed(organization, sender)
    mail["To"] = addressed(reader.name, reader.email)
    if writer and meaning is Meaning.REPLY:
        mail["Reply-To"] = writer
    mail["Message-ID"] = message_id(forward.mail, domain)
    follow(mail, [message_id(forward.letter, domain)])  # and so what is answered to it, at the candidate's
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[OURS] = forward.mail
    mail.set_content(
        f"Hello {reader.name},\n\n"
        f"{_WORDS.get(meaning, _REPLIED)}{_WITHHELD}\n"
        f"Letter {forward.letter}, candidate {forward.candidate}\n"
    )
    mail.add_attachment(without_keys(content), maintype="application", subtype="octet-stream", filename="mail.eml")
    return mail.as_bytes()

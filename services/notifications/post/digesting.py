"""Digests leave: at most once a morning, since the next morning is waited for before one is handed in."""

import asyncio
from datetime import datetime
from typing import NamedTuple

import structlog

from services.notifications.domain.digests import DigestReader, end_of_day, is_time, next_morning
from services.notifications.domain.letters import SILENT, Variant
from services.notifications.domain.mailbox import mailbox_of
from services.notifications.domain.organizations import OrganizationSettings
from services.notifications.letters.digests import gather, write_digest
from services.notifications.post.composing import Letterhead, compose, message_id
from services.notifications.post.courier import Courier, DeliveryOutcome, Unreachable
from services.notifications.post.signing import signer_of
from services.notifications.post.watching import SendingBrake, watched
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.digests import (
    claim_digest,
    find_due_digests,
    load_reader,
    note_refused,
    try_again,
    wait_until,
)
from services.notifications.sql.organizations import load_organizations
from shared.contracts import Stream, derived_id
from shared.kit import metrics
from shared.kit.advice import located
from shared.kit.db import Connection
from shared.kit.loops import insist, to_its_end
from shared.kit.people import Pair
from shared.running.runtime import Runtime

log = structlog.get_logger()

AT_ONCE = 20
AGAIN_SECONDS = 300.0
NO_RETURN = ""  # a digest that bounces comes back to nobody: the next morning says it anew
_STAYED = (DeliveryOutcome.KEPT, DeliveryOutcome.POSTPONED)


class LeavingDigest(NamedTuple):
    """One morning's mail; `due_at`: the morning it was waited for."""

    organization: str
    user: str
    due_at: datetime
    mailbox: str
    address: str
    content: bytes


class DigestOffice:
    """Writes digests, with the settings of this service."""

    def __init__(self, settings: NotificationsSettings, console: str) -> None:
        self._domain = settings.mail_domain
        self._hash_key = settings.hash_key.get_secret_value()
        self._signer = signer_of(settings)
        self._console = console

    def mailbox(self, reader: DigestReader) -> str:
        """The keyed hash of where they read."""
        return mailbox_of(reader.email, self._hash_key)

    async def write(
        self, conn: Connection, settings: OrganizationSettings, reader: DigestReader, now: datetime
    ) -> bytes | None:
        """The mail as it leaves, or None when nothing is due. Raises Unaddressable."""
        calendar = settings.calendar(reader and reader.timezone)
        told = await gather(conn, settings, reader, end_of_day(now, calendar))
        if not told.digest.is_due:
            return None
        written = write_digest(settings, reader, told, self._console, now)
        day, ours = calendar.local(now).date().isoformat(), settings.sender_address or f"no-reply@{self._domain}"
        head = Letterhead(
            sender_name=written.sender,
            sender_address=ours,
            to_name=written.to_name,
            to_address=written.to_address,
            reply_address=ours,
            message_id=message_id(derived_id(Variant.DIGEST, settings.organization, reader.user, day), self._domain),
            written_at=now,
        )
        mail = compose(written.words, written.frame, head, Stream.DUTY)
        return self._signer.sign(mail) if self._signer else mail


class Digesting:
    """Sends digests, where the console's address is known: what they say leads there."""

    def __init__(self, runtime: Runtime, courier: Courier, settings: NotificationsSettings) -> None:
        self._runtime = runtime
        self._courier = courier
        self._office = DigestOffice(settings, settings.console_url) if settings.console_url else None

    async def send_some(self) -> int:
        """Hand in what has come; how many mornings were looked at. None while records lie unread."""
        if self._office is None or self._runtime.is_behind:
            return 0
        stopping = asyncio.Event()
        return await to_its_end(self._send(self._office, stopping), stopping=stopping)

    async def _send(self, office: DigestOffice, stopping: asyncio.Event) -> int:
        async with self._runtime.database.look() as conn:
            found = await find_due_digests(conn, await self._runtime.time.read(conn), AT_ONCE)
        if not found or not await self._courier.is_there():
            return 0
        async with watched(self._runtime) as watch:
            for whose in found:
                await self._look_at(whose, office, SendingBrake(watch, stopping))
        return len(found)

    async def _look_at(self, whose: Pair, office: DigestOffice, brake: SendingBrake) -> None:
        """Whatever goes wrong concerns this colleague alone."""
        try:
            leaving = await self._claim(whose, office)
        except Exception as error:
            log.error("digest not written", organization=whose[0], user=whose[1], **located(error))
            await self._put_off(whose)
            return
        if leaving:
            await self._hand_in(leaving, brake)

    async def _claim(self, whose: Pair, office: DigestOffice) -> LeavingDigest | None:
        organization, user = whose
        async with self._runtime.turns.open([organization]) as turn:
            due = await claim_digest(turn.conn, organization, user, turn.now)
            if due is None:
                return None
            settings = (await load_organizations(turn.conn, [organization]))[organization]
            reader = await load_reader(turn.conn, organization, user)
            calendar = settings.calendar(reader and reader.timezone)
            await wait_until(turn.conn, organization, user, next_morning(turn.now, calendar))
            if reader is None or not _wants(reader, settings) or not is_time(due.due_at, turn.now, calendar):
                return None
            mailbox = office.mailbox(reader)
            content = None if mailbox == due.refused else await office.write(turn.conn, settings, reader, turn.now)
        return LeavingDigest(organization, user, due.due_at, mailbox, reader.email, content) if content else None

    async def _hand_in(self, leaving: LeavingDigest, brake: SendingBrake) -> None:
        outcome = await self._outcome(leaving, brake)
        metrics.MAILS.labels(outcome).inc()
        log.info("digest handed in", organization=leaving.organization, user=leaving.user, outcome=outcome)
        if outcome is DeliveryOutcome.REFUSED or outcome in _STAYED:
            await insist(lambda: self._settle(leaving, outcome), "keeping what became of a digest")

    async def _outcome(self, leaving: LeavingDigest, brake: SendingBrake) -> DeliveryOutcome:
        """Of an error nobody knows whether it arrived: the next morning says it anew."""
        try:
            return await self._courier.hand_in(
                NO_RETURN, leaving.address, leaving.content, unless=lambda: brake.holds(leaving.organization)
            )
        except Unreachable:
            return DeliveryOutcome.KEPT
        except Exception as error:
            log.error("digest not handed in", organization=leaving.organization, user=leaving.user, **located(error))
            return DeliveryOutcome.UNKNOWN

    async def _settle(self, leaving: LeavingDigest, outcome: DeliveryOutcome) -> None:
        async with self._runtime.turns.open([leaving.organization]) as turn:
            if outcome in _STAYED:
                await try_again(turn.conn, leaving.organization, leaving.user, leaving.due_at, AGAIN_SECONDS)
            else:
                await note_refused(turn.conn, leaving.organization, leaving.user, leaving.mailbox)

    async def _put_off(self, whose: Pair) -> None:
        """As it stands, after a while."""
        async with self._runtime.turns.open([whose[0]]) as turn:
            if due := await claim_digest(turn.conn, *whose, turn.now):
                await try_again(turn.conn, *whose, due.due_at, AGAIN_SECONDS)


def _wants(reader: DigestReader, settings: OrganizationSettings) -> bool:
    return reader.is_active and reader.wants_digest and settings.mode not in SILENT

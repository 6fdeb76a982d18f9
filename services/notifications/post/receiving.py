"""One mail that came in becomes a fact: a bounce, an absence, or a reply that a person reads."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import assert_never
from zoneinfo import ZoneInfo

import structlog

from services.notifications.domain.policy import TO_COLLEAGUES
from services.notifications.domain.records import COMPLAINT, MACHINE, RecipientRecord
from services.notifications.domain.tasks import REFUSED_ADDRESSES, REFUSED_WITHIN, sending_refused, stuck_mail
from services.notifications.domain.undelivered import DeliveryTrouble
from services.notifications.post.bounds import beyond
from services.notifications.post.composing import letter_of
from services.notifications.post.reading import Meaning, ReadMail, is_ours
from services.notifications.post.sandbox import Sandbox, TooCostly
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.incoming import AnsweredLetter, IncomingMail, find_answered, save_incoming
from services.notifications.sql.letters import TASKS, save_common_task
from services.notifications.sql.readers import find_sharing
from services.notifications.sql.records import load_records
from shared.contracts import Bounce, CandidateResponded, Event, OutreachBounced, ResponseKind, Stream, derived_id
from shared.kit import metrics
from shared.kit.advice import located
from shared.kit.db import EVERYONE, is_transient
from shared.kit.people import lock_people
from shared.kit.turn import Turn
from shared.running.runtime import Runtime
from shared.web.caller import Caller

log = structlog.get_logger()

_OURS = re.compile(r"[rb]\+([0-9a-f]{48})")
_LAST_MINUTE = time(23, 59)


class MailRefused(Exception):
    """A mail that is not taken: `str()` is the answer to its sender."""

    def __init__(self, code: str, answer: str) -> None:
        super().__init__(answer)
        self.code = code


class Receiving:
    """Knows which addresses are ours, and keeps what comes to them."""

    def __init__(self, runtime: Runtime, settings: NotificationsSettings, sandbox: Sandbox) -> None:
        self._runtime = runtime
        self._sandbox = sandbox
        self._domain = settings.mail_domain.casefold()
        self._key = settings.link_key.get_secret_value()

    async def look_up(self, address: str) -> AnsweredLetter:
        """The letter an address was given out with. Raises MailRefused."""
        local, _, domain = address.casefold().rpartition("@")
        if domain != self._domain:
            raise MailRefused("other_domain", "550 5.7.1 We take no mail for this domain")
        named = _OURS.fullmatch(local)
        if named is None:
            raise MailRefused("no_mailbox", "550 5.1.1 There is no such mailbox")
        letter = letter_of(named[1], self._key)
        if letter is None:
            raise MailRefused("forged", "550 5.1.1 There is no such mailbox: the address was altered")
        async with self._runtime.database.transaction(EVERYONE) as conn:
            known = await find_answered(conn, letter)
        if known is None:
            raise MailRefused("unknown_letter", "550 5.1.6 The letter this belongs to is no longer kept")
        return known

    async def receive(self, addresses: Sequence[str], sender: str, content: bytes) -> None:
        """Keep one mail, and say what it means. Raises MailRefused. The same mail again changes nothing."""
        if refusal := beyond(content):
            raise MailRefused(*refusal)
        if is_ours(content):
            raise MailRefused("loop", "554 5.4.6 This mail goes round in circles")
        letters = [await self.look_up(address) for address in addresses]
        found = await self._opened(content, sender)
        for known in letters:
            await self._keep_or_hand_on(known, found, content)
            metrics.MAILS_IN.labels(found.meaning).inc()
            if found.trouble is DeliveryTrouble.SENDER:
                metrics.MAILS_BLOCKED.inc()
            log.info("mail received", letter=known.letter, kind=known.kind, meaning=found.meaning)

    async def _opened(self, content: bytes, sender: str) -> ReadMail:
        received = (await self._runtime.turns.now()).date()
        try:
            return await self._sandbox.read(content, has_sender=bool(sender), received=received)
        except TooCostly:
            raise MailRefused("too_costly", "554 5.6.0 This mail takes too long to be read") from None

    async def _keep_or_hand_on(self, known: AnsweredLetter, found: ReadMail, content: bytes) -> None:
        try:
            await self._keep(known, found, content)
        except Exception as error:
            if is_transient(error):
                raise
            await self._keep_alone(known, found, content, error)

    async def _keep(self, known: AnsweredLetter, found: ReadMail, content: bytes) -> None:
        async with self._runtime.turns.open([known.organization], {known.organization: False}) as turn:
            people = await lock_people(turn.conn, [(known.organization, known.candidate)])
            kept, mail = content if found.needs_a_reader else None, _name(known, found)
            row = IncomingMail(
                known.organization, mail, known.letter, known.candidate, found.meaning, found.trouble, kept
            )
            if await save_incoming(turn.conn, row, turn.now):
                [record] = await load_records(turn.conn, people)
                await self._follow(turn, known, found, mail, record)

    async def _keep_alone(self, known: AnsweredLetter, found: ReadMail, content: bytes, error: Exception) -> None:
        """What follows from it cannot be told: a person reads it."""
        log.error("mail kept, and no more", letter=known.letter, **located(error))
        mail = _name(known, found)
        row = IncomingMail(known.organization, mail, known.letter, known.candidate, Meaning.REPLY, None, content)
        async with self._runtime.turns.open([known.organization]) as turn:
            if await save_incoming(turn.conn, row, turn.now):
                task = stuck_mail(known.organization, mail, known.candidate, None, turn.now)
                await TASKS.add(turn.conn, [task])

    async def _follow(
        self, turn: Turn, known: AnsweredLetter, found: ReadMail, mail: str, record: RecipientRecord
    ) -> None:
        """What a mail that is new says; and when many servers refuse us, somebody must look why."""
        caller = Caller(self._runtime, known.organization, known.candidate)
        if event := _event(known, found, mail, turn.now, record.zone(known.job)):
            await caller.record(turn, event)
        if found.meaning is Meaning.COMPLAINT and known.kind not in TO_COLLEAGUES:
            for candidate in await find_sharing(turn.conn, known.organization, known.candidate):
                await caller.record(turn, _complained(candidate, known.letter, turn.now))
        if found.trouble is DeliveryTrouble.SENDER:
            await save_common_task(turn.conn, sending_refused(record, turn.now), REFUSED_ADDRESSES, REFUSED_WITHIN)


def _name(known: AnsweredLetter, found: ReadMail) -> str:
    return derived_id("mail", known.letter, found.name)


def _event(known: AnsweredLetter, found: ReadMail, mail: str, now: datetime, zone: str) -> Event | None:
    """What follows from it. A colleague's mailbox speaks for no candidate."""
    match found.meaning:
        case Meaning.HARD:
            return _bounced(known, Bounce.HARD, found.trouble)
        case Meaning.SOFT:
            return None if known.has_bounced else _bounced(known, Bounce.SOFT, found.trouble)
        case Meaning.COMPLAINT | Meaning.DELIVERED:
            return None
        case Meaning.OUT_OF_OFFICE | Meaning.REPLY | Meaning.AUTOMATIC:
            return None if known.kind in TO_COLLEAGUES else _responded(known, found, mail, now, zone)
    assert_never(found.meaning)


def _bounced(known: AnsweredLetter, bounce: Bounce, cause: DeliveryTrouble | None) -> OutreachBounced:
    return OutreachBounced(
        outreach=known.letter,
        candidate=known.candidate,
        stream=Stream(known.stream),
        kind=known.kind,
        application=known.application,
        job=known.job,
        bounce=bounce,
        cause=cause,
    )


def _responded(known: AnsweredLetter, found: ReadMail, mail: str, now: datetime, zone: str) -> CandidateResponded:
    """What machines answer to one letter is one fact, so that it is one task however often they do."""
    is_automatic = found.meaning is Meaning.AUTOMATIC
    return CandidateResponded(
        response=derived_id("response", known.letter, MACHINE) if is_automatic else mail,
        candidate=known.candidate,
        responded_at=now,
        kind=ResponseKind.REPLIED if is_automatic else ResponseKind(found.meaning),
        until=_end_of(found.last_day_away, zone) if found.last_day_away else None,
        letter=known.letter,
        via=MACHINE if is_automatic else None,
    )


def _complained(candidate: str, letter: str, now: datetime) -> CandidateResponded:
    """Whoever calls our mail spam gets none but what is owed to them, under any of their ids."""
    return CandidateResponded(
        response=derived_id("response", candidate, COMPLAINT),
        candidate=candidate,
        responded_at=now,
        kind=ResponseKind.UNSUBSCRIBED,
        letter=letter,
        via=COMPLAINT,
    )


def _end_of(day: date, zone: str) -> datetime:
    """The last minute of a day there."""
    return datetime.combine(day, _LAST_MINUTE, ZoneInfo(zone))

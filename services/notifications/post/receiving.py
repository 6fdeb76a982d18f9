"""One mail that came in becomes a fact: a bounce, an absence, or a reply that a person reads."""

import re
from datetime import date, datetime, time
from typing import assert_never
from zoneinfo import ZoneInfo

import structlog

from services.notifications import sql
from services.notifications.domain.policy import Kind
from services.notifications.domain.record import COMPLAINT, MACHINE, Record
from services.notifications.domain.tasks import REFUSED_ADDRESSES, REFUSED_WITHIN, sending_refused
from services.notifications.domain.undelivered import Trouble
from services.notifications.post.reading import Meaning, Read, hops, is_ours, read
from services.notifications.post.rendering import letter_of
from services.notifications.settings import Settings
from services.notifications.sql.incoming import Answered, Incoming
from shared.contracts import (
    Bounce,
    CandidateResponded,
    Event,
    OutreachBounced,
    ResponseKind,
    Stream,
    derived_id,
)
from shared.kit import metrics
from shared.kit.db import EVERYONE, Connection
from shared.kit.desk import Desk
from shared.kit.people import lock_organizations, lock_people
from shared.kit.runtime import Runtime

log = structlog.get_logger()

MOST_HOPS = 50
_OURS = re.compile(r"[rb]\+([0-9a-f]{48})")
_LAST_MINUTE = time(23, 59)


class Refused(Exception):
    """A mail that is not taken: `str()` is the answer to its sender."""

    def __init__(self, code: str, answer: str) -> None:
        super().__init__(answer)
        self.code = code


class Receiving:
    """Knows which addresses are ours, and keeps what comes to them."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        self._runtime = runtime
        self._domain = settings.mail_domain.casefold()
        self._key = settings.link_key.get_secret_value()

    async def look_up(self, address: str) -> Answered:
        """The letter an address was given out with. Raises Refused."""
        local, _, domain = address.casefold().rpartition("@")
        if domain != self._domain:
            raise Refused("other_domain", "550 5.7.1 We take no mail for this domain")
        named = _OURS.fullmatch(local)
        if named is None:
            raise Refused("no_mailbox", "550 5.1.1 There is no such mailbox")
        letter = letter_of(named[1], self._key)
        if letter is None:
            raise Refused("forged", "550 5.1.1 There is no such mailbox: the address was altered")
        async with self._runtime.database.transaction(EVERYONE) as conn:
            known = await sql.find_answered(conn, letter)
        if known is None:
            raise Refused("unknown_letter", "550 5.1.6 The letter this belongs to is no longer kept")
        return known

    async def receive(self, address: str, sender: str, content: bytes) -> None:
        """Keep one mail, and say what it means. Raises Refused. The same mail again changes nothing."""
        known = await self.look_up(address)
        if hops(content) > MOST_HOPS or is_ours(content):
            raise Refused("loop", "554 5.4.6 This mail goes round in circles")
        async with self._runtime.database.transaction([known.organization]) as conn:
            now = await self._runtime.time.read(conn)
            found = _understood(content, sender, now)
            mail = derived_id("mail", known.letter, found.name)
            await lock_organizations(conn, {known.organization: False})
            people = await lock_people(conn, [(known.organization, known.candidate)])
            kept = content if found.needs_a_reader else None
            row = Incoming(known.organization, mail, known.letter, known.candidate, found.meaning, found.trouble, kept)
            if await sql.save_incoming(conn, row, now):
                [record] = await sql.load_records(conn, people)
                await self._follow(conn, known, found, mail, now, record)
        metrics.MAILS_IN.labels(found.meaning).inc()
        if found.trouble is Trouble.SENDER:
            metrics.MAILS_BLOCKED.inc()
        log.info("mail received", letter=known.letter, kind=known.kind, meaning=found.meaning)
        self._runtime.signal(conn)

    async def _follow(
        self, conn: Connection, known: Answered, found: Read, mail: str, now: datetime, record: Record
    ) -> None:
        """What a mail that is new says; and when many servers refuse us, somebody must look why."""
        desk = Desk(self._runtime, known.organization, known.candidate)
        if event := _event(known, found, mail, now, record.zone(known.job)):
            await desk.record(conn, event)
        if found.meaning is Meaning.COMPLAINT and known.kind != Kind.REMINDER:
            for candidate in await sql.find_sharing(conn, known.organization, known.candidate):
                await desk.record(conn, _complained(candidate, known.letter, now))
        if found.trouble is Trouble.SENDER:
            await sql.save_common_task(conn, sending_refused(record, now), REFUSED_ADDRESSES, REFUSED_WITHIN)


def _understood(content: bytes, sender: str, now: datetime) -> Read:
    """Mails are made by anybody: what breaks the reading of one is refused, and nothing else is touched."""
    try:
        return read(content, has_sender=bool(sender), received=now.date())
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        log.warning("mail not readable", error=type(error).__name__)
        raise Refused("unreadable", "554 5.6.0 This mail cannot be read") from None


def _event(known: Answered, found: Read, mail: str, now: datetime, zone: str) -> Event | None:
    """What follows from it. A colleague's mailbox speaks for no candidate."""
    match found.meaning:
        case Meaning.HARD:
            return _bounced(known, Bounce.HARD, found.trouble)
        case Meaning.SOFT:
            return None if known.has_bounced else _bounced(known, Bounce.SOFT, found.trouble)
        case Meaning.COMPLAINT | Meaning.DELIVERED:
            return None
        case Meaning.OUT_OF_OFFICE | Meaning.REPLY | Meaning.AUTOMATIC:
            return None if known.kind == Kind.REMINDER else _responded(known, found, mail, now, zone)
    assert_never(found.meaning)


def _bounced(known: Answered, bounce: Bounce, cause: Trouble | None) -> OutreachBounced:
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


def _responded(known: Answered, found: Read, mail: str, now: datetime, zone: str) -> CandidateResponded:
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

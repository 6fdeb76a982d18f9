"""The mail server's side: letters leave once the contact policy agrees, and what became of them is kept."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from services.notifications import sql
from services.notifications.domain import policy
from services.notifications.domain.policy import Kind, Refusal
from services.notifications.domain.record import Record
from services.notifications.post.courier import Courier, Outcome, Unreachable
from services.notifications.post.rendering import TEMPLATE_VERSION, Unaddressable
from services.notifications.post.writing import Office
from services.notifications.settings import MailServer, Settings
from services.notifications.sql.post import Claimed, Envelope
from shared.contracts import Cause, OutreachSent, Saying, Stream
from shared.kit.db import EVERYONE, Connection
from shared.kit.people import Jobs, People, lock_organizations, lock_people
from shared.kit.runtime import Runtime
from shared.kit.say import say

log = structlog.get_logger()

AT_ONCE = 20
POLL_SECONDS = 1.0
LEASE_SECONDS = 120.0
PAUSE_SECONDS, LONGEST_PAUSE = 30.0, 3600.0


class Post:
    """Sends what is ready. Any number may run: letters are claimed under a lease."""

    def __init__(self, runtime: Runtime, settings: Settings, *, lease: float = LEASE_SECONDS) -> None:
        self.runtime = runtime
        self.office = Office(settings)
        self.courier = Courier(MailServer(settings.smtp_url.get_secret_value()))
        self.lease = lease
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Send for ever."""
        try:
            while True:
                await self.run_due()
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await self.courier.close()

    async def run_due(self) -> int:
        """Send everything that is ready now; how many letters were handed in."""
        done = 0
        async with self._one_at_a_time:
            while count := await self.send_some():
                done += count
        return done

    async def send_some(self) -> int:
        """Claim some letters, hand them in, keep what became of each. How many were looked at."""
        looked_at, claimed = await self.claim()
        for position, (letter, envelope) in enumerate(claimed):
            try:
                outcome = await self.courier.hand_in(envelope.sender, envelope.address, envelope.content)
            except Unreachable as error:
                log.warning("mail server away", error=str(error), letters=len(claimed) - position)
                await self._return(claimed[position:])
                return 0
            await self.settle(letter, envelope, outcome)
        return looked_at

    async def claim(self) -> tuple[int, list[tuple[Claimed, Envelope]]]:
        """Transaction 1: decide again, ask the contact policy, and keep the bytes under a lease before they leave."""
        async with self.runtime.database.transaction(EVERYONE) as conn:
            now = await self.runtime.time.read(conn)
            found = await sql.find_sendable(conn, now, AT_ONCE)
            people = await lock_people(conn, [pair for pair, _ in found], skip_locked=True)
            await self.runtime.router.derive(conn, people, Jobs([]), now)
            records = await sql.load_records(conn, people)
            by_id = {(r.organization.organization, i): r for r in records for i in r.ids}
            leaving, mine = [], sql.only(people, found)
            for letter in await sql.claim_letters(conn, mine, now):
                record = by_id[letter.organization, letter.candidate]
                if envelope := await self._prepare(conn, letter, record, now):
                    leaving.append((letter, envelope))
            await self.runtime.router.derive(conn, people, Jobs([]), now)
        return len(mine), leaving

    async def _prepare(self, conn: Connection, letter: Claimed, record: Record, now: datetime) -> Envelope | None:
        """The same bytes as before, when nobody knows whether they arrived; else those the policy lets go."""
        if letter.content and letter.sender and letter.address and letter.message_id:
            await sql.renew_lease(conn, letter.organization, letter.letter, self.lease)
            return Envelope(
                letter.organization, letter.letter, "", letter.message_id, letter.language or "", letter.sender,
                letter.address, letter.content,
            )  # fmt: skip
        if refused := await self._refusal(conn, letter, record, now):
            await sql.hold_letter(conn, letter.organization, letter.letter, refused)
            return None
        try:
            envelope = await self.office.write(conn, letter, record, now)
        except Unaddressable as error:
            log.warning("letter not written", letter=letter.letter, error=str(error))
            await sql.fail_letter(conn, letter.organization, letter.letter, "address", now)
            return None
        await sql.put_on_its_way(conn, envelope, letter.stream, now, self.lease)
        return envelope

    async def _refusal(self, conn: Connection, letter: Claimed, record: Record, now: datetime) -> Refusal | None:
        if letter.kind == Kind.REMINDER:
            return None  # a colleague's hours were looked at when it was planned
        mailbox = self.office.mailbox(record)
        await sql.lock_mailbox(conn, letter.organization, mailbox)
        ledger = await sql.load_ledger(conn, letter.organization, mailbox, record.ids)
        return policy.decide(Kind(letter.kind), record.standing(letter.job), ledger, now)

    async def settle(self, letter: Claimed, envelope: Envelope, outcome: Outcome) -> None:
        """Transaction 2: what became of one letter, said with what follows from it."""
        organization = letter.organization
        async with self.runtime.database.transaction([organization]) as conn:
            now = await self.runtime.time.read(conn)
            await lock_organizations(conn, {organization: False})
            people = await lock_people(conn, [(organization, letter.candidate)])
            match outcome:
                case Outcome.TAKEN:
                    if await sql.finish_letter(conn, organization, letter.letter, now):
                        await say(conn, [_sent(letter, envelope)], now)
                case Outcome.REFUSED:
                    await sql.fail_letter(conn, organization, letter.letter, "refused_by_server", now)
                    await self.runtime.router.derive(conn, people, Jobs([]), now)
                case Outcome.POSTPONED:
                    await sql.return_letter(conn, organization, letter.letter, _pause(letter.attempts))
                case Outcome.UNKNOWN:
                    await sql.renew_lease(conn, organization, letter.letter, min(self.lease, _pause(letter.attempts)))
            await self._react(conn, people, now)
        log.info("letter handed in", letter=letter.letter, kind=letter.kind, outcome=outcome)
        self.runtime.signal(conn)

    async def _return(self, claimed: Sequence[tuple[Claimed, Envelope]]) -> None:
        """Nothing was handed in. What may have arrived before keeps its bytes."""
        async with self.runtime.database.transaction(EVERYONE) as conn:
            for letter, _ in claimed:
                if letter.content is None:
                    await sql.return_letter(conn, letter.organization, letter.letter, POLL_SECONDS * 5)
                else:
                    await sql.renew_lease(conn, letter.organization, letter.letter, POLL_SECONDS * 5)

    async def _react(self, conn: Connection, people: People, now: datetime) -> None:
        news, conn.news = conn.news, []
        await self.runtime.router.react(conn, people, news, now)


def _pause(attempts: int) -> float:
    """Half a minute, then twice as long each time, an hour at most."""
    return float(min(PAUSE_SECONDS * 2.0 ** min(attempts, 20), LONGEST_PAUSE))


def _sent(letter: Claimed, envelope: Envelope) -> Saying:
    event = OutreachSent(
        outreach=letter.letter,
        candidate=letter.candidate,
        stream=Stream(letter.stream),
        kind=letter.kind,
        application=letter.application,
        job=letter.job,
        template_version=TEMPLATE_VERSION,
        language=envelope.language,
        message_id=envelope.message_id,
    )
    return Saying(letter.organization, event, Cause(letter.cause_topic, letter.cause_fact))
